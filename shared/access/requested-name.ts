/** The user name of a reconnect, as portals send it (contract 11). Pure. */

const PERCENT = /%[0-9a-f]{2}/i;

function decoded(name: string): string {
  if (!PERCENT.test(name)) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What the reference called its copies of a user, one for each random MAC; and copies of copies. */
const CLONE = /(?:_RANDMAC\d+)+$/;

const PAIRS = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** The reference's test, prefixes such as `T-AA:BB:...` included. Without separators it is a name. */
export function looksLikeMac(name: string): boolean {
  if (PAIRS.test(name)) return true;
  const written = name.toUpperCase().replace(/[-.]/g, ':');
  const count = (what: RegExp): number => written.match(what)?.length ?? 0;
  return count(/[0-9A-F]{2}/g) === 6 && count(/:/g) >= 5;
}

/** Letters beyond ASCII are bytes of unknown meaning on a router (routeros.md 1.7); the rest of it nobody names a user. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@+#*-]{0,63}$/;

/**
 * The user a reconnect is for: `%XX` decoded, a copy's name led back to the original.
 *
 * @returns undefined for what is nobody's name, a MAC among them
 */
export function requestedName(sent: string): string | undefined {
  const name = decoded(sent).replace(CLONE, '');
  return NAME.test(name) && !looksLikeMac(name) ? name : undefined;
}
