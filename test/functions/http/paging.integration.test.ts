import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany } from '../../stage/tenants.ts';

let stage: Stage;
let headers: Headers;
beforeAll(async () => {
  stage = await startStage();
  headers = await stage.asSuperAdmin();
});
afterAll(() => stage.stop());

const get = (path: string): Promise<Answer> => stage.call('GET', path, { headers });

/** Page after page, as the header leads. */
async function walk(path: string): Promise<Answer['body'][]> {
  const pages: Answer['body'][] = [];
  let next = '';
  do {
    const { status, headers: answered, body } = await get(`${path}${next}`);
    expect(status).toBe(200);
    pages.push(body);
    next = answered['x-siguiente'] === undefined ? '' : `&cursor=${answered['x-siguiente']}`;
  } while (next !== '');
  return pages;
}

describe('companies, in parts', () => {
  beforeAll(async () => {
    for (let made = 0; made < 5; made += 1) {
      await addCompany(stage);
      stage.clock.advance(made % 2 === 0 ? 0 : 1000);
    }
  });

  it('are the same as all of them, in the same order', async () => {
    const all = await get('/admin/empresas');
    expect(all.headers['x-siguiente']).toBeUndefined();
    const pages = await walk('/admin/empresas?limit=2');
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat()).toEqual(all.body);
  });

  it('end without another part where the last one is full', async () => {
    expect((await walk('/admin/empresas?limit=5')).map(({ length }) => length)).toEqual([5]);
  });

  it('are read with one Query', async () => {
    const calls = await stage.countCalls(() => get('/admin/empresas?limit=2'));
    expect(calls).toEqual({ GetItem: 1, Query: 1 });
  });

  it.each(['limit=0', 'limit=201', 'limit=many'])('are not shown for %s', async (query) => {
    expect((await get(`/admin/empresas?${query}`)).status).toBe(422);
  });

  it('begin at the beginning for a cursor that is none', async () => {
    expect((await get('/admin/empresas?limit=5&cursor=!')).body).toHaveLength(5);
  });
});

describe('users, in parts', () => {
  let companyId: string;
  beforeAll(async () => {
    companyId = await addCompany(stage);
    for (let made = 0; made < 3; made += 1) await stage.asCompanyAdmin(companyId);
  });

  it('are the same as all of them, in the same order', async () => {
    const all = await get('/admin/usuarios');
    expect((await walk('/admin/usuarios?limit=2')).flat()).toEqual(all.body);
  });

  it('may be those of one company', async () => {
    const pages = await walk(`/admin/usuarios?empresa_id=${companyId}&limit=2`);
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(pages.flat()).toEqual((await get(`/admin/usuarios?empresa_id=${companyId}`)).body);
  });

  it('may be those of one role: a part is then short while others follow', async () => {
    const pages = await walk('/admin/usuarios?rol=cliente_admin&limit=1');
    // The super admin came first.
    expect(pages[0]).toEqual([]);
    expect(pages.flat()).toEqual((await get('/admin/usuarios?rol=cliente_admin')).body);
  });
});
