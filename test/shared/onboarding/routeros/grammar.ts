/**
 * RouterOS script as a router reads it, as far as a kit uses it, and stricter: what is not plain ASCII, or would be put into a
 * string at run time, is refused. Written from MikroTik's description; shares nothing with the writer.
 */
export type Value =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'block'; readonly commands: readonly Command[] }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Value; readonly right: Value };

export interface Command {
  /** `:put`, `/ip hotspot walled-garden add`, `$phF`; the empty text for a bare block. */
  readonly name: string;
  readonly values: readonly Value[];
  readonly properties: ReadonlyMap<string, Value>;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  _: ' ',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};
const WORD = /[A-Za-z0-9_.,*+-]/;
const OPERATORS = [['||', '&&'], ['!=', '=', '>', '<'], ['.']] as const;

/** @throws Error naming the place, for what is no script */
export function parseScript(source: string): readonly Command[] {
  const reader = new Reader(source);
  const commands = reader.commands();
  if (!reader.atEnd) throw reader.problem('something left over');
  return commands;
}

/** Every command there is, those in blocks, in brackets and in conditions too, in the order of the text. */
export function* everyCommand(commands: readonly Command[]): Generator<Command> {
  for (const command of commands) {
    yield command;
    for (const value of [...command.values, ...command.properties.values()]) yield* within(value);
  }
}

function* within(value: Value): Generator<Command> {
  if (value.kind === 'command') yield* everyCommand([value.command]);
  if (value.kind === 'block') yield* everyCommand(value.commands);
  if (value.kind === 'operation') {
    yield* within(value.left);
    yield* within(value.right);
  }
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    const foreign = /[^\x20-\x7e\n]/.exec(source);
    if (foreign) throw new Error(`character ${JSON.stringify(foreign[0])} at ${foreign.index}`);
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  problem(what: string): Error {
    const before = this.#source.slice(0, this.#at);
    return new Error(`${what} on line ${before.split('\n').length}: ${this.#source.slice(this.#at, this.#at + 40)}`);
  }

  commands(): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.#skip(/^(?:[ ;\n]|\\\n)+/);
      // A comment is one only at the beginning of a line.
      if (this.#peek === '#' && (this.#at === 0 || this.#source[this.#at - 1] === '\n')) this.#skip(/^#[^\n]*/);
      else if (this.atEnd || this.#peek === '}' || this.#peek === ']') return commands;
      else commands.push(this.#command());
    }
  }

  #command(): Command {
    let name = '';
    if (this.#peek === '{') return { name, values: [this.#value()], properties: new Map() };
    const values: Value[] = [];
    const properties = new Map<string, Value>();
    const head = this.#take(/^(?::[a-z]+|\/[a-z][a-z0-9-]*|\$[A-Za-z][A-Za-z0-9]*)/, 'a command');
    name = head;
    let named = !head.startsWith('/');
    for (;;) {
      this.#skip(/^(?: |\\\n)+/);
      if (this.atEnd || /[\n;\]}]/.test(this.#peek)) break;
      const key = /^([a-z][a-z0-9-]*)(!?=)/.exec(this.#rest);
      if (key) {
        named = true;
        this.#at += key[0].length;
        if (properties.has(key[1] ?? '')) throw this.problem(`${key[1]} twice`);
        properties.set(key[1] ?? '', this.#value());
        continue;
      }
      const value = this.#value();
      // A menu's path and the verb are words; what follows them is not.
      if (!named && value.kind === 'text' && !value.quoted) {
        name += ` ${value.text}`;
        named = /^(?:add|set|remove|get|find)$/.test(value.text);
      } else values.push(value);
    }
    return { name, values, properties };
  }

  #value(): Value {
    if (this.#peek === '"') return { kind: 'text', text: this.#string(), quoted: true };
    if (this.#peek === '[') return this.#bracketed();
    if (this.#peek === '(') return this.#parenthesised();
    if (this.#peek === '{') return { kind: 'block', commands: this.#enclosed('{', '}') };
    if (this.#peek === '$')
      return { kind: 'variable', name: this.#take(/^\$[A-Za-z][A-Za-z0-9]*/, 'a variable').slice(1) };
    let word = '';
    while (!this.atEnd && WORD.test(this.#peek)) word += this.#source[this.#at++];
    if (word === '') throw this.problem('no value');
    return { kind: 'text', text: word, quoted: false };
  }

  #bracketed(): Value {
    const [command, ...more] = this.#enclosed('[', ']');
    if (!command || more.length > 0) throw this.problem('not one command in brackets');
    return { kind: 'command', command };
  }

  #parenthesised(): Value {
    this.#at += 1;
    const value = this.#operation(0);
    this.#skip(/^ +/);
    this.#take(/^\)/, 'a closing parenthesis');
    return value;
  }

  #operation(level: number): Value {
    const operators = OPERATORS[level];
    if (!operators) {
      this.#skip(/^ +/);
      return this.#value();
    }
    let left = this.#operation(level + 1);
    for (;;) {
      this.#skip(/^ +/);
      const operator = operators.find((one) => this.#rest.startsWith(`${one} `));
      if (!operator) return left;
      this.#at += operator.length;
      left = { kind: 'operation', operator, left, right: this.#operation(level + 1) };
    }
  }

  #enclosed(open: string, close: string): Command[] {
    if (this.#peek !== open) throw this.problem(`no ${open}`);
    this.#at += 1;
    const commands = this.commands();
    if (this.#peek !== close) throw this.problem(`no ${close}`);
    this.#at += 1;
    return commands;
  }

  #string(): string {
    const bytes: number[] = [];
    this.#at += 1;
    for (;;) {
      const one = this.#peek;
      if (this.atEnd || one === '\n') throw this.problem('a string without an end');
      if (one === '$') throw this.problem('a variable within a string');
      this.#at += 1;
      if (one === '"') return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
      if (one !== '\\') {
        bytes.push(one.charCodeAt(0));
        continue;
      }
      const hex = /^[0-9A-F]{2}/.exec(this.#rest)?.[0];
      const escaped = hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPES[this.#peek] ?? this.#peek);
      if (!hex && !/["\\$?nrt_abfv]/.test(this.#peek)) throw this.problem('no such escape');
      bytes.push(escaped.charCodeAt(0));
      this.#at += hex ? 2 : 1;
    }
  }

  get #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  get #rest(): string {
    return this.#source.slice(this.#at);
  }

  #skip(pattern: RegExp): void {
    this.#at += pattern.exec(this.#rest)?.[0].length ?? 0;
  }

  #take(pattern: RegExp, what: string): string {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) throw this.problem(`no ${what}`);
    this.#at += found.length;
    return found;
  }
}
