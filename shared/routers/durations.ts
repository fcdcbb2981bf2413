/** RouterOS durations: `1w2d3h4m5s`, `01:30:00`, `1d02:03:04`. */
const UNITS = [604_800, 86_400, 3_600, 60, 1] as const;
const SPELLED = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;
const CLOCK = /^(?:(\d+)w)?(?:(\d+)d)? ?(\d+):(\d\d):(\d\d)$/;

/** @returns null when the text is no duration */
export function durationSeconds(text: string): number | null {
  const parts = text === '' ? null : (SPELLED.exec(text) ?? CLOCK.exec(text));
  if (!parts) return null;
  return parts.slice(1).reduce((sum, digits, unit) => sum + Number(digits ?? 0) * (UNITS[unit] ?? 0), 0);
}
