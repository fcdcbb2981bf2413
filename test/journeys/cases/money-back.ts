/** Money that goes back: by us, by the operator's own hand, by the buyer's bank, or because it came twice. */
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { type Counter, DAY, MINUTE, PRICE, SECOND, type Story } from './counter.ts';

async function dispute(counter: Counter, { id }: Story, step: 'opened' | 'won' | 'lost'): Promise<void> {
  const [charge] = counter.charges(id);
  expect(counter.till.far.dispute(charge?.id ?? '', step)).toBe(true);
  // A subject is asked about once a minute.
  counter.market.clock.advance(61 * SECOND);
  await counter.deliver(counter.mail());
}

async function noUser(counter: Counter, { id }: Story): Promise<void> {
  await counter.until(async () => (await counter.users(id)) === 0);
}

export const cases: readonly Case[] = [
  {
    number: 24,
    what: 'refund -> all back, once, the access gone',
    async run(counter) {
      const story = await counter.sell();
      expect((await counter.refund(story)).status).toBe(200);
      await counter.refunded(story);
      await counter.later(MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 24,
    what: 'refund in part -> that part back, the access stays; then the rest',
    async run(counter) {
      const story = await counter.sell();
      expect((await counter.refund(story, { monto: 5 })).status).toBe(200);
      await counter.untilState(story.id, 'paid');
      expect(counter.refundedMinor(story.id)).toBe(500);
      expect(await counter.users(story.id)).toBe(1);
      expect((await counter.refund(story)).status).toBe(200);
      await counter.refunded(story);
    },
  },
  {
    number: 24,
    what: 'refund the bank works on for days -> pending, then refunded',
    async run(counter) {
      const story = await counter.sell();
      counter.fail({ on: 'refund', kind: 'refund-pending', times: 1 });
      await counter.refund(story);
      expect(await counter.state(story.id)).toBe('refund_pending');
      await noUser(counter, story);
      counter.till.far.settleRefunds('refunded');
      await counter.later(6 * MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 24,
    what: 'refund that fails after days -> listed for a person, tried again, refunded once',
    async run(counter) {
      const story = await counter.sell();
      counter.fail({ on: 'refund', kind: 'refund-pending', times: 1 });
      await counter.refund(story);
      counter.till.far.settleRefunds('failed');
      await counter.later(6 * MINUTE);
      expect(await counter.state(story.id)).toBe('refund_failed');
      await counter.later(DAY + MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 24,
    what: 'refund rejected, no balance -> failed, alarm, tried again each day, refunded once',
    async run(counter) {
      const story = await counter.sell();
      counter.till.far.addTrouble({ on: 'refund', kind: 'refused' });
      await counter.refund(story);
      expect(await counter.state(story.id)).toBe('refund_failed');
      expect(counter.hasAlarm('refund-failed')).toBe(true);
      await counter.later(DAY + MINUTE);
      expect(await counter.state(story.id)).toBe('refund_failed');
      expect(counter.refundedMinor(story.id)).toBe(0);
      counter.till.far.mend();
      await counter.later(DAY + MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 24,
    what: 'the answer to a refund lost, before and after it took effect -> refunded once',
    async run(counter) {
      for (const when of ['before', 'after'] as const) {
        const story = await counter.sell();
        counter.fail({ on: 'refund', kind: 'reset', when, times: 1 });
        await counter.refund(story);
        await counter.later(31 * SECOND, 31 * SECOND, 31 * SECOND, 61 * SECOND);
        await counter.refunded(story);
      }
    },
  },
  {
    number: 24,
    what: 'the answer to a refund of a part lost, and the effect late -> read, not sent again: refunded once',
    async run(counter) {
      const story = await counter.sell();
      counter.fail({ on: 'refund', kind: 'late', times: 1 });
      await counter.refund(story, { monto: 5 });
      await counter.later(31 * SECOND, 31 * SECOND);
      expect(counter.refundedMinor(story.id)).toBe(0);
      expect(await counter.till.far.releaseLate()).toBe(1);
      await counter.later(31 * SECOND, 61 * SECOND);
      expect(counter.refundedMinor(story.id)).toBe(500);
      expect(await counter.state(story.id)).toBe('paid');
      expect(await counter.users(story.id)).toBe(1);
    },
  },
  {
    number: 24,
    what: 'refund asked for twice at once, and by hand as well -> refunded once',
    async run(counter) {
      const story = await counter.sell();
      await Promise.all([counter.refund(story), counter.refund(story)]);
      await counter.later(31 * SECOND, 121 * SECOND);
      await counter.refunded(story);
      const byHand = await counter.sell();
      await counter.till.far.refundByHand(counter.charges(byHand.id)[0]?.id ?? '', PRICE);
      await counter.refund(byHand);
      await counter.refunded(byHand);
    },
  },
  {
    number: 27,
    what: 'chargeback opened -> disputed, the access gone',
    async run(counter) {
      const story = await counter.sell();
      counter.mail();
      await dispute(counter, story, 'opened');
      await counter.untilState(story.id, 'disputed');
      await noUser(counter, story);
    },
  },
  {
    number: 27,
    what: 'chargeback won -> the money stays, the access stays away',
    async run(counter) {
      const story = await counter.sell();
      counter.mail();
      await dispute(counter, story, 'opened');
      await counter.untilState(story.id, 'disputed');
      await dispute(counter, story, 'won');
      await counter.untilState(story.id, 'paid');
      await noUser(counter, story);
      expect(counter.charges(story.id)).toMatchObject([{ refundedMinor: 0, dispute: 'won' }]);
    },
  },
  {
    number: 27,
    what: 'chargeback lost -> charged back, the access gone, nothing refunded as well',
    async run(counter) {
      const story = await counter.sell();
      counter.mail();
      await dispute(counter, story, 'opened');
      await counter.untilState(story.id, 'disputed');
      await dispute(counter, story, 'lost');
      await counter.untilState(story.id, 'charged_back');
      await noUser(counter, story);
      expect(counter.charges(story.id)).toMatchObject([{ refundedMinor: 0, dispute: 'lost' }]);
    },
  },
  {
    number: 27,
    what: 'complaint opened, lost -> disputed, then the gateway gives the money back, once; the access gone',
    at: ['mercado-pago'],
    async run(counter) {
      const { mercadoPago, clock } = counter.market;
      const story = await counter.sell();
      counter.mail();
      const claim = async (step: 'opened' | 'lost') => {
        mercadoPago.claim(Number(counter.charges(story.id)[0]?.id), step);
        clock.advance(61 * SECOND);
        await counter.deliver(counter.mail());
      };
      await claim('opened');
      await counter.untilState(story.id, 'disputed');
      await noUser(counter, story);
      await claim('lost');
      await counter.until(async () => (await counter.state(story.id)) !== 'disputed');
      await counter.refunded(story);
    },
  },
  {
    number: 28,
    what: 'two approved payments -> one kept, one refunded, delivered once, alarm',
    async run(counter) {
      const story = await counter.sell('good', { on: 'charge', kind: 'charged-twice', times: 1 });
      expect(story.status).toBe(200);
      expect(counter.charges(story.id)).toHaveLength(2);
      await counter.deliver(counter.mail());
      await counter.until(() => counter.refundedMinor(story.id) === PRICE);
      await counter.untilState(story.id, 'paid');
      expect(
        counter
          .charges(story.id)
          .map(({ refundedMinor }) => refundedMinor)
          .toSorted((a, b) => a - b),
      ).toEqual([0, PRICE]);
      expect(await counter.users(story.id)).toBe(1);
      expect(counter.hasAlarm('second-payment')).toBe(true);
      // The rest is the buyer's, and can still be given back.
      expect((await counter.refund(story)).status).toBe(200);
      await counter.untilState(story.id, 'refunded');
      expect(counter.refundedMinor(story.id)).toBe(2 * PRICE);
    },
  },
];
