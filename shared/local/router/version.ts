/** What RouterOS does since which release (routeros.md 1.2, 1.3 and 4.4). */
const SINCE = {
  'login-in-clear': [6, 43],
  wireguard: [7, 1],
  'dates-in-numbers': [7, 10],
  'device-mode': [7, 17],
  'empty-answers': [7, 18],
} as const;

export type Trait = keyof typeof SINCE;

/** @param version as `/system/resource` shows it, such as `7.18.2 (stable)` */
export function hasTrait(version: string, trait: Trait): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [sinceMajor, sinceMinor] = SINCE[trait];
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}
