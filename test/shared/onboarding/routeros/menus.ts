export type Row = Record<string, string>;

/** What a variable may hold; undefined is RouterOS' nothing. */
export type Thing = string | number | boolean | readonly string[] | undefined;

/** `:error`, or what the router itself refuses. */
export class ScriptError extends Error {
  override name = 'ScriptError';
}

/** Where two rows may not have the same name. */
const NAMED = ['/user', '/user group', '/system script', '/interface wireguard', '/ip hotspot user profile'];
/** Where there is one row, which needs no naming. */
const SINGLE = ['/system resource', '/system device-mode'];
/** Properties that a script gets as a list, and as truth. */
const LISTS = ['/ip service address', '/ip hotspot profile login-by'];
const FLAGS = ['disabled', 'add-mac-cookie', 'dynamic', 'hotspot'];

/** The menus of a router, as rows of text, and what a script can do with them. */
export class Menus {
  readonly all: Record<string, Row[]>;
  /** Names of the commands that changed something, in their order. */
  readonly changes: string[] = [];
  #lastId = 0;

  constructor(menus: Readonly<Record<string, readonly Row[]>>) {
    this.all = Object.fromEntries(
      Object.entries(menus).map(([menu, rows]) => [menu, rows.map((row) => ({ ...row, '.id': this.#newId() }))]),
    );
  }

  /** @throws ScriptError when this version has no such menu */
  rows(menu: string): Row[] {
    const rows = this.all[menu];
    if (!rows) throw new ScriptError(`bad command name ${menu}`);
    return rows;
  }

  find(menu: string, wanted: Row): readonly string[] {
    const found = this.rows(menu).filter((row) =>
      Object.entries(wanted).every(([property, value]) => (row[property] ?? '') === value),
    );
    return found.map((row) => row['.id'] ?? '');
  }

  get(menu: string, targets: readonly Thing[]): Thing {
    const [row] = SINGLE.includes(menu) ? this.rows(menu) : this.#wanted(menu, targets[0]);
    const property = String(targets.at(-1));
    const value = row?.[property];
    if (LISTS.includes(`${menu} ${property}`)) return value ? value.split(',') : [];
    return FLAGS.includes(property) && value !== undefined ? value === 'yes' : value;
  }

  add(menu: string, { 'place-before': before, ...given }: Row): string {
    const rows = this.rows(menu);
    this.changes.push(`${menu} add`);
    if (NAMED.includes(menu) && rows.some((other) => other['name'] === given['name']))
      throw new ScriptError(`failure: already have ${menu} with this name`);
    const at = before === undefined ? rows.length : rows.findIndex((other) => other['.id'] === before);
    if (at < 0) throw new ScriptError('no such item');
    const id = this.#newId();
    const made = menu === '/interface wireguard' ? { 'public-key': `key-of-${id}` } : {};
    rows.splice(at, 0, { ...given, ...made, '.id': id });
    return id;
  }

  set(menu: string, target: Thing, given: Row): void {
    this.changes.push(`${menu} set`);
    for (const row of this.#wanted(menu, target)) Object.assign(row, given);
  }

  remove(menu: string, target: Thing): void {
    const rows = this.rows(menu);
    for (const row of this.#wanted(menu, target)) {
      if (menu === '/user group' && this.rows('/user').some((user) => user['group'] === row['name']))
        throw new ScriptError('group is in use');
      this.changes.push(`${menu} remove`);
      rows.splice(rows.indexOf(row), 1);
    }
  }

  /** By id or by name. */
  #wanted(menu: string, target: Thing): Row[] {
    const named: readonly unknown[] = Array.isArray(target) ? target : [target];
    return named.map((one) => {
      const row = this.rows(menu).find((candidate) => candidate['.id'] === one || candidate['name'] === one);
      if (!row) throw new ScriptError('no such item');
      return row;
    });
  }

  #newId(): string {
    this.#lastId += 1;
    return `*${this.#lastId.toString(16).toUpperCase()}`;
  }
}
