import { type Command, everyCommand, parseScript, type Value } from './grammar.ts';
import { Menus, type Row, ScriptError, type Thing } from './menus.ts';

class Scope {
  readonly #own = new Map<string, Thing>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  declare(name: string, value: Thing): void {
    if (this.#own.has(name)) throw new ScriptError(`${name} is declared twice in one block`);
    this.#own.set(name, value);
  }

  get(name: string): Thing {
    if (this.#own.has(name)) return this.#own.get(name);
    if (!this.#outer) throw new ScriptError(`no variable ${name}`);
    return this.#outer.get(name);
  }

  set(name: string, value: Thing): void {
    if (this.#own.has(name)) this.#own.set(name, value);
    else if (this.#outer) this.#outer.set(name, value);
    else throw new ScriptError(`no variable ${name}`);
  }
}

/** As much of a router as a kit touches: its menus, and a runner of scripts over them. */
export class Machine {
  readonly menus: Menus;
  readonly printed: string[] = [];
  readonly globals = new Map<string, Thing>();
  readonly #returns: Thing[] = [];
  readonly #code: string[] = [];

  constructor(menus: Readonly<Record<string, readonly Row[]>>) {
    this.menus = new Menus(menus);
  }

  /** What a person would see, without the ids: these are new each time. */
  get state(): Record<string, Row[]> {
    const plain = (row: Row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== '.id'));
    return Object.fromEntries(Object.entries(this.menus.all).map(([menu, rows]) => [menu, rows.map(plain)]));
  }

  /** @throws ScriptError as `:error` does */
  run(source: string): void {
    const commands = parseScript(source);
    // A router reads the whole before it runs any of it: a menu it does not have stops everything.
    for (const { name } of everyCommand(commands)) if (name.startsWith('/')) this.menus.rows(menuAndVerb(name).menu);
    this.#block(commands, new Scope());
  }

  #block(commands: readonly Command[], scope: Scope): void {
    for (const command of commands) this.#run(command, scope);
  }

  #body(value: Value | undefined, outer: Scope, variables: Readonly<Record<string, Thing>> = {}): void {
    if (value?.kind !== 'block') throw new ScriptError('no body');
    const scope = new Scope(outer);
    for (const [name, thing] of Object.entries(variables)) scope.declare(name, thing);
    this.#block(value.commands, scope);
  }

  #run({ name, values, properties }: Command, scope: Scope): Thing {
    const at = (index: number): Value => {
      const value = values[index];
      if (!value) throw new ScriptError(`${name} wants more`);
      return value;
    };
    const thing = (index: number): Thing => this.#eval(at(index), scope);
    const called = (index: number): string => text(this.#eval(at(index), scope));
    switch (name) {
      case '':
        this.#body(at(0), scope);
        return;
      case ':global':
        if (!this.globals.has(called(0))) this.globals.set(called(0), undefined);
        return;
      case ':local':
        scope.declare(called(0), values.length > 1 ? thing(1) : undefined);
        return;
      case ':set':
        if (this.globals.has(called(0))) this.globals.set(called(0), thing(1));
        else scope.set(called(0), thing(1));
        return;
      case ':put':
        this.printed.push(text(thing(0)));
        return;
      case ':error':
        throw new ScriptError(text(thing(0)));
      case ':return':
        this.#returns.push(thing(0));
        return;
      case ':if':
        if (thing(0) === true) this.#body(properties.get('do'), scope);
        else if (properties.has('else')) this.#body(properties.get('else'), scope);
        return;
      case ':foreach': {
        const list = this.#eval(properties.get('in'), scope);
        const items = Array.isArray(list) ? list : [list];
        for (const item of items) this.#body(properties.get('do'), scope, { [called(0)]: item as Thing });
        return;
      }
      case ':do':
        try {
          this.#body(at(0), scope);
        } catch (error) {
          if (!(error instanceof ScriptError) || !properties.has('on-error')) throw error;
          this.#body(properties.get('on-error'), scope);
        }
        return;
      case ':tostr':
        return text(thing(0));
      case ':len': {
        const whole = thing(0);
        return Array.isArray(whole) ? whole.length : Buffer.byteLength(text(whole));
      }
      case ':typeof':
        return thing(0) === undefined ? 'nil' : typeof thing(0);
      case ':pick': {
        const whole = thing(0);
        const from = Number(thing(1));
        if (Array.isArray(whole)) return whole[from] as string;
        // By bytes, as there are no characters.
        return Buffer.from(text(whole))
          .subarray(from, Number(thing(2)))
          .toString();
      }
      case ':find': {
        const found = text(thing(0)).indexOf(text(thing(1)));
        return found < 0 ? undefined : found;
      }
      case ':parse': {
        this.#code.push(text(thing(0)));
        return this.#code.length - 1;
      }
      default:
        return name.startsWith('$') ? this.#call(name.slice(1), scope) : this.#menu(name, values, properties, scope);
    }
  }

  #call(variable: string, scope: Scope): Thing {
    this.run(this.#code[Number(scope.get(variable))] ?? '');
    return this.#returns.pop();
  }

  #menu(name: string, values: readonly Value[], properties: ReadonlyMap<string, Value>, scope: Scope): Thing {
    const { menu, verb } = menuAndVerb(name);
    const given = Object.fromEntries([...properties].map(([key, value]) => [key, text(this.#eval(value, scope))]));
    const targets = values.map((value) => this.#eval(value, scope));
    switch (verb) {
      case 'find':
        return this.menus.find(menu, given);
      case 'get':
        return this.menus.get(menu, targets);
      case 'add':
        return this.menus.add(menu, given);
      case 'set':
        this.menus.set(menu, targets[0], given);
        return;
      case 'remove':
        this.menus.remove(menu, targets[0]);
        return;
      default:
        throw new ScriptError(`bad command name ${verb}`);
    }
  }

  #eval(value: Value | undefined, scope: Scope): Thing {
    switch (value?.kind) {
      case 'text':
        return value.text;
      case 'variable':
        return this.globals.has(value.name) ? this.globals.get(value.name) : scope.get(value.name);
      case 'command':
        return this.#run(value.command, scope);
      case 'operation':
        return operate(value.operator, this.#eval(value.left, scope), this.#eval(value.right, scope));
      default:
        throw new ScriptError('no value');
    }
  }
}

function menuAndVerb(name: string): { readonly menu: string; readonly verb: string } {
  const end = name.lastIndexOf(' ');
  return { menu: name.slice(0, end), verb: name.slice(end + 1) };
}

function operate(operator: string, left: Thing, right: Thing): Thing {
  switch (operator) {
    case '.':
      return text(left) + text(right);
    case '||':
      return left === true || right === true;
    case '>':
      return Number(left) > Number(right);
    case '!=':
      return text(left) !== text(right);
    default:
      return text(left) === text(right);
  }
}

function text(thing: Thing): string {
  if (thing === undefined) return '';
  return Array.isArray(thing) ? thing.join(';') : String(thing);
}
