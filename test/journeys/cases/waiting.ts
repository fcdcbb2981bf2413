/** A charge that is not decided at once: a bank that thinks, a page of the bank, money that comes too late. */
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { type Counter, DAY, MINUTE, SECOND } from './counter.ts';

/** Nothing is left at the gateway that could still be paid. */
async function isCancelledAtGateway(counter: Counter, id: number): Promise<void> {
  const { orderRef } = await counter.find(id);
  const { conekta, mercadoPago } = counter.market;
  const statuses = [
    ...conekta
      .ledger()
      .orders.filter((order) => order.id === orderRef)
      .map((order) => order.payment_status),
    ...mercadoPago
      .ledger()
      .payments.filter((payment) => payment.external_reference === orderRef)
      .map((payment) => payment.status),
  ];
  expect(statuses).toEqual([counter.till.name === 'conekta' ? 'canceled' : 'cancelled']);
}

export const cases: readonly Case[] = [
  {
    number: 16,
    what: 'pending, later approved by webhook -> delivered',
    async run(counter) {
      const story = await counter.sell('waits');
      expect(story.answer).toMatchObject({ status: 402, body: { detail: expect.any(String) } });
      expect(await counter.state(story.id)).toBe('awaiting_payment');
      counter.mail();
      counter.till.far.settle('paid');
      await counter.deliver(counter.mail());
      await counter.delivered(story);
    },
  },
  {
    number: 16,
    what: 'pending, later rejected -> not charged',
    async run(counter) {
      const story = await counter.sell('waits');
      counter.mail();
      counter.till.far.settle('declined');
      await counter.deliver(counter.mail());
      await counter.untilState(story.id, 'declined');
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 16,
    what: 'pending for ever -> cancelled at the gateway after a quarter of an hour, not charged',
    async run(counter) {
      const story = await counter.sell('waits');
      await counter.later(14 * MINUTE);
      expect(await counter.state(story.id)).toBe('awaiting_payment');
      await counter.later(2 * MINUTE);
      await isCancelledAtGateway(counter, story.id);
      await counter.notCharged(story, 'expired');
    },
  },
  {
    number: 17,
    what: '3DS passed -> the buyer is sent to the bank, then delivered',
    async run(counter) {
      const story = await counter.sell('page');
      expect(story.answer).toMatchObject({
        status: 402,
        body: { next_action: { type: 'redirect_to_url' }, consulta_url: expect.any(String) },
      });
      expect(await counter.state(story.id)).toBe('action_required');
      counter.till.far.settle('paid');
      await counter.deliver(counter.mail());
      await counter.delivered(story);
    },
  },
  {
    number: 17,
    what: '3DS passed, no webhook -> the buyer who comes back and asks gets the code',
    async run(counter) {
      const { market } = counter;
      const story = await counter.sell('page');
      const link = String(story.answer.body.consulta_url);
      counter.till.far.settle('paid');
      market.clock.advance(6 * SECOND);
      await market.call('GET', link);
      await counter.delivered(story);
      expect((await market.call('GET', link)).body).toMatchObject({ usuario_hotspot: expect.anything() });
    },
  },
  {
    number: 17,
    what: '3DS failed -> not charged',
    async run(counter) {
      const story = await counter.sell('page');
      counter.till.far.settle('declined');
      await counter.later(61 * SECOND);
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 17,
    what: '3DS abandoned -> expired, cancelled at the gateway, not charged',
    async run(counter) {
      const story = await counter.sell('page');
      // A worried second tap meanwhile is not a second charge.
      expect((await counter.sellTo(story.email)).answer).toMatchObject({ status: 402, body: { id_compra: story.id } });
      await counter.later(16 * MINUTE);
      await isCancelledAtGateway(counter, story.id);
      await counter.notCharged(story, 'expired');
    },
  },
  {
    number: 29,
    what: 'paid after it was cancelled, told by webhook -> given back, never delivered',
    async run(counter) {
      const story = await counter.sell('waits');
      await counter.later(16 * MINUTE);
      expect(await counter.state(story.id)).toBe('expired');
      counter.mail();
      counter.till.far.payLate();
      await counter.deliver(counter.mail());
      await counter.refunded(story);
    },
  },
  {
    number: 29,
    what: 'paid after it was cancelled, nobody tells -> given back within a day, never delivered',
    async run(counter) {
      const story = await counter.sell('page');
      await counter.later(16 * MINUTE);
      expect(await counter.state(story.id)).toBe('expired');
      counter.till.far.payLate();
      await counter.later(DAY + MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 29,
    what: 'a charge that takes effect after `not charged` -> given back within a day, never delivered',
    async run(counter) {
      const story = await counter.sell('good', { on: 'charge', kind: 'late', times: 1 });
      await counter.doubtEnds(story);
      expect(await counter.state(story.id)).toBe('not_charged');
      expect(await counter.till.far.releaseLate()).toBe(1);
      await counter.later(DAY + MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 29,
    what: 'found within its doubt, but after the buyer has gone -> given back',
    async run(counter) {
      const story = await counter.sell(
        'good',
        { on: 'charge', kind: 'reset', when: 'after', times: 1 },
        { on: 'look', kind: 'server-error', when: 'before' },
      );
      expect(story.status).toBe(504);
      await counter.later(11 * MINUTE);
      counter.till.far.mend();
      for (let look = 0; look < 8 && (await counter.state(story.id)) === 'in_doubt'; look += 1)
        await counter.later(10 * MINUTE);
      await counter.refunded(story);
    },
  },
];
