/**
 * The contract writes answers as JSON, or as JSON with the values left out: `{"empresa":{"id","nombre"},"total"}`,
 * `{id, nombre}`. Both are read here as a shape: which names there are, and what stands under them where that is told.
 */
export type Shape =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Shape> }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number' | 'flag' | 'null' | 'anything' };

const ANYTHING: Shape = { kind: 'anything' };

/** @param at where an object or a list begins @returns undefined where the text is neither */
export function readShape(text: string, at = 0): { readonly shape: Shape; readonly end: number } | undefined {
  try {
    return new Reader(text, at).read();
  } catch {
    return undefined;
  }
}

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  read(): { readonly shape: Shape; readonly end: number } {
    const shape = this.#value();
    return { shape, end: this.#at };
  }

  #value(): Shape {
    this.#skipSpace();
    if (this.#takes('{')) return this.#object();
    if (this.#takes('[')) return this.#list();
    const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) return { kind: 'text', value: quoted.slice(1, -1) };
    const bare = this.#match(/[^,}\]|]+/y)?.trim() ?? '';
    const kind = kindOf(bare);
    // Alternatives: `"********"|null`.
    return this.#takes('|') ? (this.#value(), ANYTHING) : { kind };
  }

  #object(): Shape {
    const members = new Map<string, Shape>();
    this.#skipSpace();
    while (!this.#takes('}')) {
      const name = this.#match(/"((?:[^"\\]|\\.)*)"|[\w-]+|…/y)?.replaceAll('"', '');
      if (name === undefined) throw new Error(`No name at ${this.#at}`);
      this.#skipSpace();
      const shape = this.#takes(':') ? this.#alternatives() : ANYTHING;
      if (name !== '…') members.set(name, shape);
      this.#skipSpace();
      this.#takes(',');
      this.#skipSpace();
    }
    return { kind: 'object', members };
  }

  /** One of several values says nothing of which. */
  #alternatives(): Shape {
    const first = this.#value();
    this.#skipSpace();
    if (!this.#takes('|')) return first;
    this.#alternatives();
    return ANYTHING;
  }

  #list(): Shape {
    this.#skipSpace();
    if (this.#takes(']')) return { kind: 'list', of: ANYTHING };
    const of = this.#value();
    // More of the same.
    this.#match(/[^\]]*/y);
    if (!this.#takes(']')) throw new Error(`A list without an end at ${this.#at}`);
    return { kind: 'list', of };
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#match(/\s*/y);
  }
}

function kindOf(bare: string): 'number' | 'flag' | 'null' | 'anything' {
  if (bare === 'true' || bare === 'false') return 'flag';
  if (bare === 'null') return 'null';
  return /^-?\d+(\.\d+)?$/.test(bare) ? 'number' : 'anything';
}

/** Texts that portals match; other values of the samples are invented. */
const FIXED = /\.(message|mensaje|token_type)$/;

/** What an answer lacks of a shape, one line each; more than it has is welcome. */
export function lacking(shape: Shape, answer: unknown, path = ''): readonly string[] {
  if (shape.kind === 'anything' || shape.kind === 'null') return [];
  if (answer === null) return [];
  if (shape.kind === 'list') {
    if (!Array.isArray(answer)) return [`${path || 'the answer'} is no list`];
    return answer.slice(0, 1).flatMap((one) => lacking(shape.of, one, `${path}[0]`));
  }
  if (shape.kind === 'object') {
    const fields = fieldsOf(answer);
    if (!fields) return [`${path || 'the answer'} is no object`];
    return [...shape.members].flatMap(([name, member]) =>
      fields.has(name) ? lacking(member, fields.get(name), `${path}.${name}`) : [`${path}.${name} is missing`],
    );
  }
  if (shape.kind === 'text' && FIXED.test(path) && answer !== shape.value)
    return [`${path} is ${JSON.stringify(answer)}, not ${JSON.stringify(shape.value)}`];
  const wanted = { text: 'string', number: 'number', flag: 'boolean' }[shape.kind];
  return typeof answer === wanted ? [] : [`${path} is ${typeof answer}, not ${wanted}`];
}

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined;
