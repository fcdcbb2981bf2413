import { expect } from 'vitest';
import type { Row } from '#shared/http/contract.ts';
import type { Answer, Headers } from '../stage/stage.ts';
import type { Answered, Cells, Foreign, Theirs } from './cell.ts';
import { paramsOf } from './inputs.ts';
import {
  garbage,
  idOf,
  inputsOf,
  methodOf,
  ownRequest,
  type Sent,
  smuggled,
  targetOf,
  withFields,
} from './requests.ts';
import type { Tenant } from './tenant.ts';
import { type Items, itemsOf } from './victims-items.ts';
import type { World } from './world.ts';

/** Calls one row as everybody. @returns how many answers were looked at */
export async function walk(row: Row, cells: Cells, world: World): Promise<number> {
  const walker = new Walker(row, cells, world, await itemsOf(world.victim, world.market.stage));
  await walker.everybodyWithoutRight();
  await walker.foreignIds();
  await walker.itsOwn();
  if (cells.spoils) await world.renewStranger();
  return walker.cells;
}

interface By {
  readonly name: string;
  readonly headers: Headers;
}

class Walker {
  cells = 0;
  readonly #row: Row;
  readonly #its: Cells;
  readonly #world: World;
  readonly #before: Items;

  /** @param before the victim's items, which must be the same after every cell */
  constructor(row: Row, its: Cells, world: World, before: Items) {
    this.#row = row;
    this.#its = its;
    this.#world = world;
    this.#before = before;
  }

  /** The wrong kinds of caller get the words of contract 4, be the request right, and the victim's, or garbage. */
  async everybodyWithoutRight(): Promise<void> {
    for (const { name, headers, refused } of this.#world.callers) {
      const answered = refused[this.#row.auth];
      if (!answered) continue;
      const by = { name, headers: headers() };
      await this.#call(`${name} asks for the victim's`, by, this.#request(this.#world.victim), answered);
      await this.#call(`${name} sends garbage`, by, garbage(this.#row), answered);
    }
    await this.#expectUntouched('callers of the wrong kind');
  }

  /** The right kind of caller names what is the victim's. */
  async foreignIds(): Promise<void> {
    for (const [cell, foreign] of foreignCells(this.#its)) {
      const { answered, theirs } = isPair(foreign)
        ? { answered: foreign[0], theirs: foreign[1] }
        : { answered: foreign, theirs: undefined };
      const mismatched = this.#row.auth === 'session' && paramsOf(this.#row.path).length > 1 && !cell.includes(' + ');
      // A super admin may go anywhere, but not to one company by another one's path.
      const root = mismatched ? [{ name: 'the super admin', headers: this.#world.superAdmin }] : [];
      for (const by of [...this.#rightCallers().slice(0, 1), ...root]) {
        const says = `${by.name} sends another company's ${cell}`;
        await this.#call(says, by, this.#withTheirs(cell, theirs), answered);
        await this.#expectUntouched(says);
      }
    }
  }

  /**
   * The same requests are served about what is one's own, so it was for the id that they were refused. They carry the victim's
   * ids too, in every field that the row does not take, and nobody reads them there.
   */
  async itsOwn(): Promise<void> {
    const anybody = this.#world.callers.map(({ name, headers }) => ({ name, headers: headers() }));
    for (const by of this.#row.auth === 'none' ? anybody : this.#rightCallers()) {
      const { stranger, victim } = this.#world;
      const sent = smuggled(this.#row, this.#request(stranger), victim);
      await this.#call(`${by.name} asks for its own`, by, sent, this.#its.own ?? { status: 200 });
    }
    await this.#expectUntouched('those who ask for their own');
  }

  #rightCallers(): readonly By[] {
    const { stranger, superAdmin } = this.#world;
    switch (this.#row.auth) {
      case 'none':
        return [{ name: 'nobody', headers: {} }];
      case 'api-key':
        return [
          { name: 'a portal', headers: stranger.portal },
          { name: 'a portal by bearer', headers: { authorization: `Bearer ${stranger.router.apiKey}` } },
        ];
      case 'session':
      case 'company-admin':
        return [{ name: 'an admin', headers: stranger.admin }];
      case 'super-admin':
        return [{ name: 'the super admin', headers: superAdmin }];
    }
  }

  #request(own: Tenant): Sent {
    return ownRequest(this.#row, this.#its, own, this.#world.market.clock.now());
  }

  #withTheirs(cell: string, theirs: Theirs | undefined): Sent {
    const { stranger, victim } = this.#world;
    return inputsOf(cell).reduce(
      (sent, { place, name }) => withFields(sent, place, theirs?.(victim, stranger) ?? { [name]: idOf(victim, name) }),
      this.#request(stranger),
    );
  }

  async #call(says: string, by: By, sent: Sent, answered: Answered): Promise<void> {
    const target = targetOf(this.#row, sent);
    const answer = await this.#world.market.call(methodOf(this.#row), target, {
      headers: { ...sent.header, ...by.headers },
      body: sent.body,
    });
    this.cells += 1;
    const cell = `${this.#row.id}: ${says}`;
    expectAnswer(cell, answer, answered);
    if (by.headers === this.#world.superAdmin || by.headers === this.#world.victim.admin) return;
    const shown = JSON.stringify([answer.headers, answer.body]);
    const said = target + JSON.stringify(sent);
    for (const text of this.#world.victim.planted)
      if (!said.includes(text)) expect(shown, `${cell}: shows what is the victim's`).not.toContain(text);
  }

  async #expectUntouched(by: string): Promise<void> {
    const { victim, market } = this.#world;
    const items = await itemsOf(victim, market.stage);
    expect(items, `${this.#row.id}: the victim's items were touched by ${by}`).toEqual(this.#before);
  }
}

const foreignCells = ({ foreign = {} }: Cells): [string, Foreign][] =>
  Object.entries(foreign).flatMap(([cell, answer]) => (answer === undefined ? [] : [[cell, answer]]));

const isPair = (foreign: Foreign): foreign is readonly [Answered, Theirs] => Array.isArray(foreign);

function expectAnswer(cell: string, { status, body }: Answer, answered: Answered): void {
  if ('detail' in answered) {
    const { detail } = answered;
    expect({ status, body }, cell).toEqual({ status: answered.status, body: { detail } });
    return;
  }
  expect({ status, body }, cell).toMatchObject({
    status: answered.status,
    ...(answered.part !== undefined && { body: answered.part }),
  });
}
