/**
 * Writes RouterOS script. Templates are ours; a value gets in as a quoted literal only, as a parameter does in SQL, so
 * that no name, whatever stands in it, becomes code.
 */

/** A piece of script. Only `rsc` makes one. */
class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
export type { Code };

/** Inside quotes RouterOS reads `"`, `\` and `$`, its terminal also `?`; and what is not ASCII has no agreed meaning. */
const PLAIN = /[A-Za-z0-9 !#%&'()*+,./:;<=>@_|~-]/;

/** A string literal of exactly these characters, in UTF-8: one rule, `\XX`, for every byte that is not surely harmless. */
function literal(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const written = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    return PLAIN.test(character) ? character : `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `"${written.join('')}"`;
}

/**
 * @param values text becomes a quoted literal, a number its digits; code stands as it is, a list of it line by line
 * @returns one command per line, nothing indented: RouterOS takes a comment at the beginning of a line only
 */
export function rsc(
  template: TemplateStringsArray,
  ...values: readonly (string | number | Code | readonly Code[])[]
): Code {
  const pieces = template.raw.flatMap((piece, index) => [piece, index < values.length ? write(values[index]) : '']);
  const lines = pieces.join('').split('\n');
  return new Code(
    lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n'),
  );
}

/** A line for whoever opens the file. A backslash at its end would join the next line to it. */
export const remark = (text: string): Code => new Code(`# ${ascii(text).replaceAll('\\', '/')}`);

function write(value: string | number | Code | readonly Code[] | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return literal(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Code) return value.text;
  return value.map(({ text }) => text).join('\n');
}

const SPELLED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: 'ss',
    æ: 'ae',
    Æ: 'AE',
    œ: 'oe',
    Œ: 'OE',
    ø: 'o',
    Ø: 'O',
    ł: 'l',
    Ł: 'L',
    đ: 'd',
    Đ: 'D',
  }).concat(
    Object.entries({ '‘': "'", '’': "'", '“': '"', '”': '"', '«': '"', '»': '"', '–': '-', '—': '-', '€': 'EUR' }),
  ),
);

/** What we write on a router is printable ASCII: it has no character set of its own (routeros.md 1.7). */
export function ascii(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.replace(/[^\x20-\x7e]/gu, (one) => SPELLED.get(one) ?? (/\s/.test(one) ? ' ' : '_'));
}
