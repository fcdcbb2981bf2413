import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { cells } from './cells.ts';
import { walk } from './matrix.ts';
import { uncovered } from './requests.ts';
import { startWorld, type World } from './world.ts';

/**
 * Every row of the table of routes, as every caller, with another company's ids in path, query and body: each answer is the
 * documented one, none shows what is another company's, and nothing of that company is changed.
 */
let world: World;
let walked = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  process.stdout.write(`isolation: ${routes.length} rows, ${walked} cells\n`);
  await world.stop();
});

describe('no company hears of another one, or moves it', () => {
  it.each(routes.map((row) => [`${row.method} ${row.path}`, row] as const))('by %s', async (_, row) => {
    const its = cells[row.id];
    if (!its) throw new Error(`${row.id} has no line in test/isolation/cells.ts: what does a stranger get?`);
    const missing = uncovered(row, its).join(', ');
    if (missing)
      throw new Error(`${row.id} takes ${missing}: cells.ts does not say what another company's is answered`);
    walked += await walk(row, its, world);
  });

  it('by the sweep, when a stranger asks that a buyer be forgotten who bought elsewhere', async () => {
    const { market, victim, stranger } = world;
    const path = '/api/v1/admin/mi-empresa';
    const asked = await market.call('POST', `${path}/datos-personales/eliminar`, {
      headers: stranger.admin,
      body: { email: victim.customerEmail },
    });
    await market.sweep();
    const show = (what: string, headers = victim.admin) => market.call('GET', `${path}/${what}`, { headers });
    expect(await show(`datos-personales/${asked.body.solicitud_id}`, stranger.admin)).toMatchObject({
      body: { estado: 'terminada', compras: 0 },
    });
    expect((await show(`transacciones/${victim.ids['id']}`)).body.cliente.email).toBe(victim.customerEmail);
  });

  it('has no line for a row that is gone', () => {
    expect(Object.keys(cells).filter((id) => !routes.some((row) => row.id === id))).toEqual([]);
  });
});
