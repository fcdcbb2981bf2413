/** RouterOS durations: `1w2d3h4m5s`, `01:30:00`, `1d02:03:04`. */
const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;
const SPELLED = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;
const CLOCK = /^(?:(\d+)w)?(?:(\d+)d)? ?(\d+):(\d\d):(\d\d)$/;

/** @returns null when the text is no duration */
export function durationSeconds(text: string): number | null {
  const parts = text === '' ? null : (SPELLED.exec(text) ?? CLOCK.exec(text));
  if (!parts) return null;
  return parts.slice(1).reduce((sum, digits, unit) => sum + Number(digits ?? 0) * (UNITS[unit]?.[1] ?? 0), 0);
}

/** As RouterOS itself writes it: `1h`, `1w2d3h4m5s`. */
export function durationText(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  let text = '';
  for (const [unit, size] of UNITS) {
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text || '0s';
}
