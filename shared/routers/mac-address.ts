/** A MAC as RouterOS writes it: upper case, colons. The text must already be a MAC (checked at the border). */
export const canonicalMac = (mac: string): string => mac.replaceAll('-', ':').toUpperCase();
