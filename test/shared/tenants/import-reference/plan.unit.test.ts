import { describe, expect, it } from 'vitest';
import { Secret } from '#shared/security/secret.ts';
import { type Attributes, type Key, keys } from '#shared/store/table.ts';
import { highestNumber, type Line, nameOf, planImport } from '#shared/tenants/import-reference/plan.ts';
import { readReferenceFile } from '#shared/tenants/import-reference/reference-file.ts';
import { apiKey, BCRYPT, company, HASH, product, router, type Tables, tables, user } from './sample-tables.ts';

const NOW = Date.UTC(2026, 4, 3);
const fernetKey = new Secret('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
const fernetHello =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

function plan(changes: Partial<Tables> = {}, standing: readonly [Key, Attributes][] = [], key: Secret | null = null) {
  const file = readReferenceFile(tables(changes));
  if (!file) throw new Error('no file');
  const items = new Map(standing.map(([at, item]) => [nameOf(at), item]));
  const policy = { loopback: 'refused', tunnelRange: undefined } as const;
  return planImport(file, (at) => items.get(nameOf(at)), { addressPolicy: policy, fernetKey: key, now: NOW });
}
const of = (lines: readonly Line[], table: string) => lines.filter((line) => line.table === table);
const verdicts = (lines: readonly Line[], table: string) => of(lines, table).map(({ verdict }) => verdict.kind);
const reasons = (lines: readonly Line[]) =>
  lines.flatMap(({ table, label, verdict }) =>
    verdict.kind === 'refused' ? [`${table} ${label}: ${verdict.reason}`] : [],
  );
const taskOf = (line: Line | undefined) => (line?.verdict.kind === 'create' ? line.verdict.task : undefined);

describe('rows that are as the reference makes them', () => {
  it('are created as entities of ours, times in UTC and ids kept', () => {
    const [c, r, p, u, k] = plan().map((line) => taskOf(line));
    expect(c).toMatchObject({
      draft: {
        id: company.id,
        createdAt: Date.UTC(2026, 0, 15, 10, 0, 0, 123),
        conekta: { version: 1, mode: 'live', publicKey: 'key_public' },
        mercadoPago: { version: 1, mode: 'live', publicKey: 'APP_USR-public' },
        telegram: { chatId: '-100', enabled: true },
      },
    });
    expect(r).toMatchObject({
      draft: { id: router.id, active: true, username: 'api' },
      activeKey: { id: apiKey.key_id, hash: HASH, useCount: 7, expiresAt: Date.UTC(2027, 0, 15, 10) },
    });
    expect(p).toMatchObject({
      product: { id: 41, priceMinor: 1999, details: product.detalles, order: 2, featured: true },
    });
    expect(u).toMatchObject({
      user: { id: 12, email: 'Ana@wifi.mx', passwordHash: BCRYPT, lastLoginAt: Date.UTC(2026, 3, 1, 8) },
    });
    expect(k).toEqual({ kind: 'none' });
  });

  it('of older databases lack columns, and empty tables are null', () => {
    const { telegram_bot_token: _, mercado_pago_webhook_secret: __, logo_url: ___, ...older } = company;
    const lines = plan({ empresas: [older], productos: null, usuarios: null });
    expect(lines.map(({ verdict }) => verdict.kind)).toEqual(['create', 'create', 'create']);
  });

  it('keep their state: what is off, stays off, and a revoked key is no key in force', () => {
    const lines = plan({
      empresas: [{ ...company, activa: false }],
      routers: [{ ...router, activo: false }],
      productos: [{ ...product, activo: false }],
      usuarios: [{ ...user, activo: false }],
      api_keys_tracking: [{ ...apiKey, revoked: true }],
    });
    expect(lines.map(taskOf)).toMatchObject([
      { draft: { active: false } },
      { draft: { active: false }, activeKey: null },
      { product: { active: false } },
      { user: { active: false } },
      { kind: 'api-key', apiKey: { revokedAt: NOW } },
    ]);
  });

  it('that stand here are left as they are', () => {
    const standing: [Key, Attributes][] = [
      [keys.company(company.id), {}],
      [keys.router(company.id, router.id), {}],
      [keys.product(company.id, product.id), {}],
      [keys.profileGuard(company.id, router.id, '*3'), { productId: 41 }],
      [keys.user(12), { email: user.email }],
      [keys.email(user.email), { userId: 12 }],
      [keys.apiKey(HASH), { id: apiKey.key_id, companyId: company.id, routerId: router.id }],
    ];
    expect(plan({}, standing).map(({ verdict }) => verdict.kind)).toEqual(Array(5).fill('there'));
  });
});

describe('a secret of Mercado Pago', () => {
  const encrypted = { empresas: [{ ...company, mercado_pago_access_token: fernetHello }] };

  it('that is encrypted is opened with its key', () => {
    const [line] = plan(encrypted, [], fernetKey);
    const task = taskOf(line);
    expect(task?.kind === 'company' && task.draft.mercadoPago.accessToken?.reveal()).toBe('hello');
    expect(line?.notes).toEqual([]);
  });

  it.each([
    [null, /^its Mercado Pago credentials cannot be opened: give the key/],
    [new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='), /cannot be opened with the key given/],
  ])('that cannot be opened leaves Mercado Pago unset, and the operator is told', (key, note) => {
    const [line] = plan(encrypted, [], key);
    expect(taskOf(line)).toMatchObject({
      draft: { mercadoPago: { version: 0, accessToken: null, webhookSecret: null, publicKey: null } },
    });
    expect(line?.notes).toEqual([expect.stringMatching(note)]);
  });

  it('to check webhooks with may be lost alone', () => {
    const [line] = plan({ empresas: [{ ...company, mercado_pago_webhook_secret: fernetHello }] });
    expect(taskOf(line)).toMatchObject({ draft: { mercadoPago: { version: 1, webhookSecret: null } } });
    expect(line?.notes).toEqual([expect.stringMatching(/^its Mercado Pago webhook secret cannot be opened: /)]);
  });
});

describe('a router', () => {
  it.each(['127.0.0.1', '169.254.169.254', 'no such host', 'localhost'])(
    'whose host may not be dialled comes switched off: %s',
    (host) => {
      const [line] = of(plan({ routers: [{ ...router, host }] }), 'routers');
      expect(taskOf(line)).toMatchObject({ draft: { host, active: false } });
      expect(line?.notes).toEqual(['its host is not allowed here: it is switched off until it has another']);
    },
  );

  it('with several good keys has the one the reference names, and the operator is told of the others', () => {
    const newer = { ...apiKey, key_id: 'key_newer', key_hash: 'cd'.repeat(32), issued_at: '2026-02-01T00:00:00' };
    const lines = plan({ api_keys_tracking: [newer, apiKey] });
    const [line] = of(lines, 'routers');
    expect(taskOf(line)).toMatchObject({ activeKey: { id: apiKey.key_id } });
    expect(line?.notes).toEqual(['keys beside the one in force are good as well: key_newer']);
    expect(of(lines, 'api_keys_tracking').map((one) => taskOf(one)?.kind)).toEqual(['api-key', 'none']);
  });
});

describe('a row is refused', () => {
  it.each<[string, Partial<Tables>, string]>([
    [
      'without a column',
      { empresas: [{ ...company, nombre: undefined }] },
      `empresas ${company.id}: missing or malformed: nombre`,
    ],
    [
      'with malformed ones',
      { routers: [{ ...router, host: 5, puerto: 0 }] },
      `routers ${router.id}: missing or malformed: host, puerto`,
    ],
    ['that is none', { usuarios: ['secret-text' as never] }, 'usuarios row 1: missing or malformed: the row'],
    ['of an unknown company', { empresas: [] }, `routers ${router.id}: its company ${company.id} is not there`],
    ['of an unknown router', { routers: [] }, `productos 41: its router ${router.id} is not there`],
    [
      'that is there twice',
      { routers: [router, router] },
      `routers ${router.id}: an earlier row of the file has its id, or its place`,
    ],
    [
      'of a profile sold twice',
      { productos: [product, { ...product, id: 42 }] },
      'productos 42: an earlier row of the file has its id, or its place',
    ],
    [
      'without a price',
      { productos: [{ ...product, precio: 0 }] },
      'productos 41: its price is not above zero with two decimals',
    ],
    [
      'in another currency',
      { productos: [{ ...product, moneda: 'ARS' }] },
      'productos 41: its currency is none of MXN, USD, EUR',
    ],
    [
      'that cannot be stored',
      { productos: [{ ...product, detalles: [{ '': 1 }] }] },
      'productos 41: its detalles cannot be stored',
    ],
    [
      'of no role',
      { usuarios: [{ ...user, rol: 'root' }] },
      'usuarios 12: its rol is none of super_admin, cliente_admin',
    ],
    [
      'of a role without its company',
      { usuarios: [{ ...user, empresa_id: null }] },
      'usuarios 12: its rol and empresa_id do not agree',
    ],
    [
      'that nobody could log in as',
      { usuarios: [{ ...user, email: 'ana' }] },
      'usuarios 12: its e-mail is no address: nobody could log in with it',
    ],
    [
      'with a password in clear',
      { usuarios: [{ ...user, password_hash: 'hunter22' }] },
      'usuarios 12: its password_hash is not bcrypt of a cost from 4 to 14',
    ],
    [
      'without its end',
      { api_keys_tracking: [{ ...apiKey, expires_at: 'soon' }] },
      `api_keys_tracking ${apiKey.key_id}: missing or malformed: expires_at`,
    ],
  ])('%s', (_, changes, reason) => {
    expect(reasons(plan(changes))).toContain(reason);
    expect(reasons(plan(changes)).join()).not.toMatch(/hunter22|secret-text/);
  });

  it('when its e-mail is another one`s but for letter case, both of them', () => {
    const lines = plan({ usuarios: [user, { ...user, id: 13, email: 'ana@WIFI.mx' }] });
    expect(reasons(lines)).toEqual([
      "usuarios 12: its e-mail differs from user 13's in letter case at most",
      "usuarios 13: its e-mail differs from user 12's in letter case at most",
    ]);
  });

  it.each<[string, readonly [Key, Attributes][], string]>([
    ['number', [[keys.user(12), { email: 'root@wifi.mx' }]], 'usuarios 12: its number is another user`s here'],
    [
      'e-mail',
      [[keys.email('ana@wifi.mx'), { userId: 3 }]],
      "usuarios 12: its e-mail is user 3's here, letter case apart",
    ],
    [
      'profile',
      [[keys.profileGuard(company.id, router.id, '*3'), { productId: 2 }]],
      'productos 41: its profile is product 2 here',
    ],
    [
      'hash',
      [[keys.apiKey(HASH), { id: 'key_other' }]],
      `api_keys_tracking ${apiKey.key_id}: its hash is another key\`s here`,
    ],
  ])('when its %s is another one`s here', (_, standing, reason) =>
    expect(reasons(plan({}, standing))).toEqual([reason]),
  );

  it('together with all that needs it', () => {
    const lines = plan({ empresas: [{ ...company, nombre: '' }] });
    expect(lines.map(({ verdict }) => verdict.kind)).toEqual(Array(5).fill('refused'));
    expect(verdicts(lines, 'routers')).toEqual(['refused']);
  });
});

it('counts the numbers of refused rows as taken, so that they are free once corrected', () => {
  const file = readReferenceFile(tables({ productos: [product, { ...product, id: 99, precio: -1 }] }));
  expect(highestNumber(file?.productos ?? [])).toBe(99);
  expect(highestNumber([])).toBe(0);
});

it.each(['', '{}', '[]', '{"empresas": 5}', 'not JSON'])('is no file of the reference: %j', (text) =>
  expect(readReferenceFile(text)).toBeUndefined(),
);
