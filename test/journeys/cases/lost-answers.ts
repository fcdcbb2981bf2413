/** The answer to a charge is lost or spoilt: it ends by what the gateway says later, and by nothing else. */
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { type Counter, MINUTE, SECOND, type Story } from './counter.ts';
import type { Fault } from './till.ts';

const spoilt = ['cut-body', 'html-body', 'empty-json'] as const;

const onCharge = (kind: Fault['kind'], when: 'before' | 'after', more: Partial<Fault> = {}): Fault => ({
  on: 'charge',
  kind,
  when,
  times: 1,
  ...more,
});

/** Nothing was charged, which only time and looks can tell. */
async function endsUncharged(counter: Counter, kinds: readonly Fault['kind'][]): Promise<void> {
  const stories: Story[] = [];
  for (const kind of kinds) {
    const story = await counter.sell('good', onCharge(kind, 'before'));
    expect(story.answer, kind).toMatchObject({
      status: 504,
      body: { detail: 'Estamos confirmando tu pago. No vuelvas a pagar.', consulta_url: expect.any(String) },
    });
    expect(await counter.state(story.id)).toBe('in_doubt');
    stories.push(story);
  }
  await counter.doubtEnds(...stories);
  for (const story of stories) await counter.notCharged(story, 'not_charged');
}

/** The money moved: it is found in the same request. */
async function isFound(counter: Counter, kinds: readonly Fault['kind'][]): Promise<void> {
  for (const kind of kinds) {
    const calls = counter.till.calls('charge');
    const story = await counter.sell('good', onCharge(kind, 'after'));
    expect(story.status, kind).toBe(200);
    expect(counter.till.calls('charge')).toBe(calls + 1);
    await counter.delivered(story);
  }
}

export const cases: readonly Case[] = [
  {
    number: 9,
    what: '500 before charging -> in doubt, looked for, then not charged',
    run: (counter) => endsUncharged(counter, ['server-error']),
  },
  {
    number: 10,
    what: '500 after charging -> found, one charge, delivered',
    run: (counter) => isFound(counter, ['server-error']),
  },
  {
    number: 11,
    what: 'no answer, or one after 20 s, after charging -> our deadline holds, found, one charge, delivered',
    sideBySide: true,
    async run(counter) {
      // At once: each waits for its whole deadline.
      counter.fail(onCharge('timeout', 'after'), onCharge('delay', 'after', { ms: 20_000 }));
      const startedAt = Date.now();
      const stories = await Promise.all([counter.sell(), counter.sell()]);
      expect(Date.now() - startedAt).toBeLessThan(15_000);
      for (const story of stories) {
        expect(story.status).toBe(200);
        await counter.delivered(story);
      }
    },
  },
  {
    number: 12,
    what: 'connection reset before charging -> in doubt, looked for, then not charged',
    run: (counter) => endsUncharged(counter, ['reset']),
  },
  {
    number: 12,
    what: 'connection reset after charging -> found, one charge, delivered',
    run: (counter) => isFound(counter, ['reset']),
  },
  {
    number: 13,
    what: '2xx that is cut, a web page or empty, before charging -> unknown, not paid',
    run: (counter) => endsUncharged(counter, spoilt),
  },
  {
    number: 13,
    what: '2xx that is cut, a web page or empty, after charging -> found, one charge, delivered',
    run: (counter) => isFound(counter, spoilt),
  },
  {
    number: 14,
    what: 'a body that trickles past our deadline -> our deadline holds, found, one charge, delivered',
    sideBySide: true,
    async run(counter) {
      const startedAt = Date.now();
      const story = await counter.sell('good', onCharge('slow-body', 'after', { ms: 60_000 }));
      expect(Date.now() - startedAt).toBeLessThan(15_000);
      expect(story.status).toBe(200);
      await counter.delivered(story);
    },
  },
  {
    number: 15,
    what: 'the list lags behind -> no matter, the order is read by its id: found, delivered',
    at: ['conekta'],
    async run(counter) {
      counter.market.conekta.addFault({ route: 'search-orders', kind: 'search-lag', ms: 30 * MINUTE });
      const story = await counter.sell('good', onCharge('reset', 'after'));
      expect(story.status).toBe(200);
      await counter.delivered(story);
    },
  },
  {
    number: 15,
    what: 'not to be found for four minutes, and no webhook -> not given up early, delivered by the next look',
    at: ['mercado-pago'],
    async run(counter) {
      const { mercadoPago } = counter.market;
      mercadoPago.addFault({ route: 'search-payments', kind: 'search-lag', ms: 4 * MINUTE });
      const story = await counter.sell('good', onCharge('reset', 'after'));
      expect(story.status).toBe(504);
      for (const wait of [31 * SECOND, 91 * SECOND, MINUTE]) {
        await counter.later(wait);
        expect(await counter.state(story.id)).toBe('in_doubt');
      }
      await counter.later(3 * MINUTE);
      await counter.delivered(story);
    },
  },
  {
    number: 15,
    what: 'not to be found by a search, but a webhook names it -> read by its id, delivered at once',
    at: ['mercado-pago'],
    async run(counter) {
      counter.market.mercadoPago.addFault({ route: 'search-payments', kind: 'search-lag', ms: 20 * MINUTE });
      const story = await counter.sell('good', onCharge('reset', 'after'));
      expect(story.status).toBe(504);
      await counter.deliver(counter.mail());
      await counter.delivered(story);
    },
  },
  {
    number: 15,
    what: 'not to be found for twenty minutes -> not given up early, then given back: the buyer has gone',
    at: ['mercado-pago'],
    async run(counter) {
      counter.market.mercadoPago.addFault({ route: 'search-payments', kind: 'search-lag', ms: 20 * MINUTE });
      const story = await counter.sell('good', onCharge('reset', 'after'));
      await counter.later(31 * SECOND, 91 * SECOND, 10 * MINUTE);
      expect(await counter.state(story.id)).toBe('in_doubt');
      // The refund is not to be seen for twenty minutes either, and must not be sent again for that.
      for (let look = 0; look < 20 && (await counter.state(story.id)) !== 'refunded'; look += 1)
        await counter.later(5 * MINUTE);
      await counter.refunded(story);
      expect(counter.market.mercadoPago.ledger().refunds).toHaveLength(1);
    },
  },
];
