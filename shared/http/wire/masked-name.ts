const SHOWN = 2;
const PREFIX = 'PT-';

/**
 * The name of a hotspot user, as staff may see it: enough to tell two apart. Of a PIN the name is the whole credential
 * (contract W6). `PT-7K2QX8VN` -> `PT-******VN`.
 */
export function maskedName(name: string): string {
  const secret = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
  const hidden = Math.max(0, secret.length - SHOWN);
  return `${name.slice(0, name.length - secret.length)}${'*'.repeat(hidden)}${secret.slice(hidden)}`;
}
