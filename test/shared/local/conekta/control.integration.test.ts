import { afterEach, beforeEach, expect, test } from 'vitest';
import { conektaControl } from '#shared/local/conekta/control.ts';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { makeFolder } from '../../../stage/scratch-folder.ts';
import { Account } from './account.ts';

const HOOK = 'http://127.0.0.1:3000/api/v1/webhook/conekta/EMP-1';
let folder: ReturnType<typeof makeFolder>;
let simulator: ConektaSimulator;
let acme: Account;

beforeEach(async () => {
  folder = makeFolder();
  simulator = await startConektaSimulator({
    port: 0,
    dataDir: folder.path,
    clock: { now: () => 1_700_000_000_000 },
  });
  acme = new Account(simulator.url);
});
afterEach(async () => {
  await simulator.stop();
  folder.remove();
});

const run = (route: string, body?: unknown, id = '') =>
  conektaControl(simulator)
    .find(({ method, path }) => `${method} ${path}` === route)
    ?.run(body, id);

test('a person opens a chargeback and ends it', async () => {
  const id = await acme.charged();
  const step = (name: string) => run('POST /conekta/orders/{id}/chargeback', { step: name }, id);
  expect(step('opened')).toEqual({ order: id, step: 'opened' });
  expect(simulator.ledger().charges).toMatchObject([{ chargeback: 'under_review' }]);
  expect(step('lost')).toEqual({ order: id, step: 'lost' });
  expect(simulator.ledger().charges).toMatchObject([{ chargeback: 'lost' }]);
  expect(() => step('won')).toThrow(/^There is no order of this id/);
  expect(() => step('burnt')).toThrow(/^Not a step of a chargeback/);
});

test('a person loses and doubles notifications, and lets them through again', async () => {
  await acme.webhooks.createWebhook({ url: HOOK });
  for (const [mode, sent] of [
    ['lost', 0],
    ['doubled', 2],
    ['delivered', 1],
  ] as const) {
    expect(run('POST /conekta/notifications', { mode })).toEqual({ mode });
    await acme.open();
    expect(simulator.notifications.take()).toHaveLength(sent);
  }
  expect(() => run('POST /conekta/notifications', { mode: 'late' })).toThrow(/^Not what can happen to notifications/);
});

test("a person sees where every company's webhooks go", async () => {
  expect(run('GET /conekta/webhooks')).toEqual([]);
  await acme.webhooks.createWebhook({ url: HOOK });
  await new Account(simulator.url, 'key_other').webhooks.createWebhook({ url: 'https://other.example/hook' });
  expect(run('GET /conekta/webhooks')).toEqual([HOOK, 'https://other.example/hook']);
});
