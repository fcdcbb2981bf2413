/** What DynamoDB takes in a map: whole characters, names that are not empty, numbers in its range, and not too deep. */
export function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER && !isTiny(value);
  if (typeof value !== 'object' || value === null) return true;
  return (
    depth > 0 &&
    Object.entries(value).every(([name, inner]) => name !== '' && name.isWellFormed() && isStorable(inner, depth - 1))
  );
}

const isTiny = (value: number): boolean => value !== 0 && Math.abs(value) < 1e-100;
