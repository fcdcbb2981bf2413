/**
 * `npm run bench -- --growth`: the same requests to a deployment with one company and a hundred transactions, and to one with
 * 5,000 companies of which this one sold 100,000 times. Pages are of one size in both, and full: what grows is what lies behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { startSandbox } from '#shared/local/sandbox.ts';
import { throttles } from '#shared/security/throttle.ts';
import { newToken, type Place, type Shop } from '../stage/market.ts';
import type { Headers } from '../stage/stage.ts';
import { ShiftedClock } from '../stage/shifted-clock.ts';
import { median, table } from './figures.ts';
import { Filler, type Pattern } from './growth-fill.ts';
import { type Calls, OwnCalls } from './own-calls.ts';
import { placeIn } from './place.ts';
import { storeCalls, usual } from './rows.ts';

const BEFORE = { companies: 1, sales: 100 };
const AFTER = { companies: 5_000, sales: 100_000 };
const RUNS = 25;
const WARM_UP = 5;
/** A median that grew by more than both has grown. */
const GREW = { times: 2, byMs: 2 };
const PAGE = 10;

interface Question {
  readonly name: string;
  readonly path: string;
  readonly headers: Headers;
  /** Of a purchase: another one each time. */
  readonly body?: () => unknown;
}

interface Answered {
  readonly p50: number;
  readonly calls: Calls;
}

/** Fills a sandbox twice, measures twice, and prints both side by side. */
export async function benchGrowth(): Promise<void> {
  const startedAt = Date.now();
  const folder = mkdtempSync(`${tmpdir()}/pagos-growth-`);
  const clock = new ShiftedClock();
  const sandbox = await startSandbox({ dataDir: folder, sweepSeconds: 3600, demo: false, clock });
  const place = placeIn(sandbox);
  const filler = new Filler(sandbox, place.services);
  const ownCalls = new OwnCalls();
  const shop = await place.openShop();
  const pattern = await patternOf(place, shop);

  await filler.addSales(pattern, shop, BEFORE.sales, 'day', clock.now());
  const before = await measure(place, shop, BEFORE.sales, clock, ownCalls);
  const fillingFrom = Date.now();
  await filler.addCompanies(shop, AFTER.companies - BEFORE.companies);
  await filler.addSales(pattern, shop, AFTER.sales - BEFORE.sales, 'year', clock.now());
  const filled = seconds(fillingFrom);
  const after = await measure(place, shop, AFTER.sales, clock, ownCalls);

  const lines = [...before].map(([name, was]) => {
    const is = after.get(name) ?? was;
    return [name, storeCalls(was.calls), ms(was), storeCalls(is.calls), ms(is), grewFrom(was, is) ? 'GROWS' : 'same'];
  });
  const title = ({ companies, sales }: typeof BEFORE) => `companies ${companies}, transactions ${sales}`;
  const heads = ['request', title(BEFORE), 'p50', title(AFTER), 'p50', ''];
  process.stdout.write(`${table(heads, lines)}\n`);
  process.stdout.write(
    `${RUNS} runs each after ${WARM_UP} to warm up. GROWS: other calls, or a median more than ${GREW.times} times and ${GREW.byMs} ms above. Filling took ${filled} s, all ${seconds(startedAt)} s.\n`,
  );
  await sandbox.stop();
  rmSync(folder, { recursive: true });
}

const ms = ({ p50 }: Answered): string => `${p50.toFixed(1)} ms`;
const seconds = (since: number): number => Math.round((Date.now() - since) / 1000);

function grewFrom(was: Answered, is: Answered): boolean {
  return (
    storeCalls(was.calls) !== storeCalls(is.calls) || (is.p50 > was.p50 * GREW.times && is.p50 > was.p50 + GREW.byMs)
  );
}

async function patternOf(place: Place, shop: Shop): Promise<Pattern> {
  const headers = { 'x-api-key': shop.apiKey };
  const { body } = await place.call('POST', PURCHASE, { headers, body: order(shop) });
  const purchase = await place.services.purchases.find(shop.companyId, body.id_compra);
  const access = purchase && (await place.services.accesses.find(shop.companyId, purchase.accessId));
  if (!access) throw new Error(`The sale that all others copy failed: ${JSON.stringify(body)}`);
  return { purchase, access };
}

const PURCHASE = '/api/v1/payments/pagar-conekta';

const order = (shop: Shop) => ({
  producto_id: shop.productId,
  token_tarjeta: newToken(),
  nombre_cliente: 'Luis Mora',
  email_cliente: `${crypto.randomUUID()}@correo.mx`,
});

async function measure(
  place: Place,
  shop: Shop,
  sales: number,
  clock: ShiftedClock,
  ownCalls: OwnCalls,
): Promise<ReadonlyMap<string, Answered>> {
  const found = new Map<string, Answered>();
  for (const question of await questionsOf(place, shop, sales, clock))
    found.set(question.name, await ask(question, place, clock, ownCalls));
  return found;
}

/** @param sales how many there are: one in their middle is where a deep page begins */
async function questionsOf(place: Place, shop: Shop, sales: number, clock: ShiftedClock): Promise<Question[]> {
  const { companyId, routerId, productId } = shop;
  const [admin, root] = [await place.asCompanyAdmin(companyId), await place.asSuperAdmin()];
  const portal = { 'x-api-key': shop.apiKey };
  const own = '/api/v1/admin/mi-empresa';
  const list = `${own}/transacciones?limit=${PAGE}`;
  const middle = await saleAt(place, companyId, sales / 2);
  const day = (back: number) => new Date(clock.now() - back * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const asked = (headers: Headers) => (name: string, path: string) => ({ name, path, headers });
  const [byAdmin, byRoot, byPortal] = [asked(admin), asked(root), asked(portal)];
  return [
    byAdmin('dashboard', `${own}/dashboard`),
    byAdmin('figures, a day', `${own}/estadisticas?por=dia&limit=1`),
    byAdmin('transactions', list),
    byAdmin('transactions, one state', `${list}&estado=refunded`),
    byAdmin('transactions, one router', `${list}&router_id=${routerId}`),
    byAdmin('transactions, one product', `${list}&producto_id=${productId}`),
    byAdmin('transactions, one gateway', `${list}&pasarela=conekta`),
    byAdmin('transactions, two days', `${list}&desde=${day(1)}&hasta=${day(0)}`),
    byAdmin('transactions, deep in the list', `${list}&cursor=${middle}`),
    byAdmin('transaction', `${own}/transacciones/${middle}`),
    byAdmin('own company', own),
    byAdmin('own routers', `${own}/routers`),
    byAdmin('own plans', '/api/v1/admin/products'),
    byPortal('catalogue', '/api/v1/catalogo_perfiles_venta'),
    byPortal('public configuration', '/api/v1/config/public'),
    { name: 'purchase', path: PURCHASE, headers: portal, body: () => order(shop) },
    byRoot('users of a company', `/admin/usuarios?empresa_id=${companyId}&limit=1`),
    byRoot('users, a page', '/admin/usuarios?limit=1'),
    byRoot('companies, a page', '/admin/empresas?limit=1'),
    byRoot('company', `/admin/empresas/${companyId}`),
    byRoot('figures of a company', `/admin/empresas/${companyId}/stats`),
    byRoot('dashboard of all', '/admin/dashboard'),
    byRoot('fleet, a page', '/admin/routers/salud?limit=1'),
  ];
}

/** The number of the sale that so many newer ones stand before, found by pages as anybody would. */
async function saleAt({ services }: Place, companyId: string, newer: number): Promise<number> {
  let beforeId = Number.MAX_SAFE_INTEGER;
  for (let left = newer; left > 0; left -= 1000) {
    const page = await services.purchases.list(companyId, undefined, { fromId: 0, beforeId }, Math.min(left, 1000));
    beforeId = page.at(-1)?.id ?? beforeId;
  }
  return beforeId;
}

async function ask(question: Question, place: Place, clock: ShiftedClock, ownCalls: OwnCalls): Promise<Answered> {
  const { name, path, headers, body } = question;
  const times: number[] = [];
  const counted: Calls[] = [];
  while (times.length < WARM_UP + RUNS) {
    if (body) clock.advance(throttles['burst-on-router'].windowMs);
    const sent = body && { body: body() };
    const calls = await ownCalls.of(async (mark) => {
      const startedAt = performance.now();
      const answer = await place.call(body ? 'POST' : 'GET', path, { headers: { ...headers, ...mark }, ...sent });
      times.push(performance.now() - startedAt);
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    });
    counted.push(calls);
  }
  return { p50: median(times.slice(WARM_UP)), calls: usual(counted.slice(WARM_UP)) };
}
