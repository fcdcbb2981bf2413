/** RouterOS durations: `1w2d3h4m5s`, `01:30:00`, `1d 02:03:04`, or bare seconds. All in whole seconds. */
const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

const SPELLED = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;
const CLOCK = /^(?:(\d+)w)?(?:(\d+)d)? ?(\d+):(\d\d):(\d\d)$/;

/** @returns undefined when the text is no duration */
export function parseDuration(text: string): number | undefined {
  const parts = text === '' ? null : (SPELLED.exec(text) ?? CLOCK.exec(text));
  return parts?.slice(1).reduce((sum, digits, i) => sum + Number(digits ?? 0) * (UNITS[i]?.[1] ?? 0), 0);
}

export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
