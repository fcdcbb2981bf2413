/**
 * The contract's rendering of a time (3.1): ISO 8601 in UTC without zone, six decimals only when there are any.
 *
 * @param atMs milliseconds since 1970
 */
export function zonelessTime(atMs: number): string {
  const [seconds = '', fraction = '000Z'] = new Date(atMs).toISOString().split('.');
  const millis = fraction.slice(0, 3);
  return millis === '000' ? seconds : `${seconds}.${millis}000`;
}

export const zonelessTimeOrNull = (atMs: number | null): string | null => (atMs === null ? null : zonelessTime(atMs));
