import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConektaSimulator, startConektaSimulator } from '#shared/local/conekta/simulator.ts';
import { makeFolder } from '../../../stage/scratch-folder.ts';
import { Account, refusalOf } from './account.ts';

let nowMs: number;
const clock = { now: () => nowMs };
let folder: ReturnType<typeof makeFolder>;
let simulator: ConektaSimulator;
let acme: Account;

beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  folder = makeFolder();
  await start();
});
afterEach(async () => {
  await simulator.stop();
  folder.remove();
});

async function start(): Promise<void> {
  simulator = await startConektaSimulator({ port: 0, dataDir: folder.path, clock });
  acme = new Account(simulator.url);
}

const books = () =>
  simulator.ledger().charges.map(({ status, chargeback }) => (chargeback ? `${status} ${chargeback}` : status));

describe('a chargeback', () => {
  test('that is opened stands on the charge and the order, and in the ledger', async () => {
    const id = await acme.charged();
    expect((await acme.read(id)).charges?.data?.[0]).toMatchObject({ chargeback: null });
    nowMs += 5_000;
    simulator.chargeBack(id, 'opened');
    const order = await acme.read(id);
    expect(order).toMatchObject({ payment_status: 'charged_back', is_refundable: false, updated_at: 1_700_000_005 });
    const [charge] = order.charges?.data ?? [];
    expect(charge).toMatchObject({
      status: 'paid',
      chargeback: {
        object: 'chargeback',
        id: expect.stringMatching(/^chbk_/),
        charge_id: charge?.id,
        status: 'under_review',
        reason: 'unrecognized',
        files: [],
        created_at: 1_700_000_005,
      },
    });
    expect(books()).toEqual(['paid under_review']);
    expect(simulator.ledger().orders).toMatchObject([{ payment_status: 'charged_back' }]);
  });

  test('that is won leaves the money, and the rest of it can be given back again', async () => {
    const id = await acme.charged();
    await acme.refund(id, 500);
    simulator.chargeBack(id, 'opened');
    simulator.chargeBack(id, 'won');
    expect(await acme.read(id)).toMatchObject({
      payment_status: 'partially_refunded',
      is_refundable: true,
      charges: { data: [{ chargeback: { status: 'won' } }] },
    });
    expect(books()).toEqual(['paid won']);
    await acme.refund(id, 1000);
    expect(await acme.read(id)).toMatchObject({ payment_status: 'refunded' });
  });

  test('that is lost takes the money for good', async () => {
    const id = await acme.charged();
    simulator.chargeBack(id, 'opened');
    simulator.chargeBack(id, 'lost');
    expect(await acme.read(id)).toMatchObject({
      payment_status: 'charged_back',
      is_refundable: false,
      charges: { data: [{ chargeback: { status: 'lost' } }] },
    });
    expect(books()).toEqual(['paid lost']);
    for (const step of ['opened', 'won', 'lost'] as const) expect(() => simulator.chargeBack(id, step)).toThrow();
  });

  test.each(['opened', 'lost'] as const)('that is %s lets nothing be given back', async (step) => {
    const id = await acme.charged();
    simulator.chargeBack(id, 'opened');
    if (step === 'lost') simulator.chargeBack(id, 'lost');
    expect(await refusalOf(acme.refund(id, 1))).toMatchObject({ status: 422, param: 'order' });
    expect(await refusalOf(acme.charge(id))).toMatchObject({ status: 428 });
    expect(simulator.ledger().refunds).toEqual([]);
  });

  test('is about one charge: another on the same order can be given back', async () => {
    simulator.addFault({ route: 'create-charge', kind: 'charged-twice', times: 1 });
    const id = await acme.charged();
    simulator.chargeBack(id, 'opened');
    simulator.chargeBack(id, 'lost');
    await acme.refund(id, 1500);
    expect(books()).toEqual(['paid lost', 'refunded']);
    expect(await acme.read(id)).toMatchObject({ payment_status: 'charged_back', amount_refunded: 1500 });
  });

  test('needs a paid charge, and one that was opened before it ends', async () => {
    const [open, declined, waiting, refunded, paid] = [
      await acme.open(),
      await acme.open(),
      await acme.charged('tok_test_pending'),
      await acme.charged(),
      await acme.charged(),
    ];
    await acme.charge(declined, 'tok_test_card_declined').catch(() => undefined);
    await acme.refund(refunded, 1500);
    for (const id of [open, declined, waiting, refunded, 'ord_none'])
      expect(() => simulator.chargeBack(id, 'opened'), id).toThrow();
    for (const step of ['won', 'lost'] as const) expect(() => simulator.chargeBack(paid, step)).toThrow();
    simulator.chargeBack(paid, 'opened');
    expect(() => simulator.chargeBack(paid, 'opened')).toThrow();
  });

  test('survives a restart, and ends afterwards', async () => {
    const id = await acme.charged();
    simulator.chargeBack(id, 'opened');
    await simulator.stop();
    await start();
    expect(books()).toEqual(['paid under_review']);
    simulator.chargeBack(id, 'won');
    expect(await acme.read(id)).toMatchObject({ payment_status: 'paid' });
  });
});

test('books from before there were chargebacks can still be read', async () => {
  await acme.charged();
  await simulator.stop();
  const path = join(folder.path, 'orders.jsonl');
  const last = (await readFile(path, 'utf8')).trim().split('\n').at(-1) ?? '';
  await appendFile(path, `${last.replace(',"chargeback":null', '')}\n`);
  await start();
  expect(books()).toEqual(['paid']);
});
