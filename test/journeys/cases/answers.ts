/** The gateway answers, and its answer is definite. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { intentOf } from '#shared/purchases/settle.ts';
import { Secret } from '#shared/security/secret.ts';
import { accessTokenOf } from '../../stage/gateways/mercado-pago.ts';
import type { Case } from './case.ts';
import { type Counter, MINUTE } from './counter.ts';

/** Asked once, and not again by itself. */
async function notAskedAgain(counter: Counter, work: () => Promise<unknown>): Promise<void> {
  const before = counter.till.calls('charge') + (counter.till.name === 'conekta' ? counter.till.calls('open') : 0);
  await work();
  await counter.later(2 * MINUTE, 2 * MINUTE);
  const after = counter.till.calls('charge') + (counter.till.name === 'conekta' ? counter.till.calls('open') : 0);
  expect(after - before).toBeLessThanOrEqual(counter.till.name === 'conekta' ? 2 : 1);
}

export const cases: readonly Case[] = [
  {
    number: 1,
    what: 'approved -> delivered once',
    async run(counter) {
      const story = await counter.sell();
      expect(story.answer).toMatchObject({
        status: 200,
        body: { usuario_hotspot: { contrasena: expect.any(String) }, estado_entrega: 'entregado' },
      });
      await counter.delivered(story);
    },
  },
  {
    number: 2,
    what: 'declined, with each code of the bank -> not charged, says why, a new token works',
    async run(counter) {
      const { till, market } = counter;
      const texts = new Set<string>();
      for (const words of till.declines) {
        const story = await counter.sell(till.card(words));
        expect(story.answer, words).toMatchObject({ status: 402, body: { detail: expect.any(String) } });
        expect(story.answer.body.usuario_hotspot, words).toBeUndefined();
        texts.add(story.answer.body.detail);
        await counter.notCharged(story, 'declined');
        // Declines of strangers are not what this is about.
        market.clock.advance(MINUTE);
      }
      expect(texts.size).toBeGreaterThan(1);
    },
  },
  {
    number: 2,
    what: 'the bank saw an equal payment -> looked at first, then declined',
    at: ['mercado-pago'],
    async run(counter) {
      const looks = counter.till.calls('look');
      const story = await counter.sell(counter.till.card('DUPL'));
      expect(story.answer).toMatchObject({
        status: 402,
        body: { detail: '⚠️ Este pago ya fue procesado anteriormente.' },
      });
      expect(counter.till.calls('look')).toBeGreaterThan(looks);
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 3,
    what: 'card token unknown or expired -> a definite no',
    async run(counter) {
      for (const [what, fields, status] of counter.till.deadTokens) {
        const story = await counter.sell(fields);
        expect(story.status, what).toBe(status);
        await counter.notCharged(story, 'declined');
      }
    },
  },
  {
    number: 3,
    what: 'card token used before -> a definite no, one charge in all',
    async run(counter) {
      const fields = counter.till.far.payWith('good');
      const first = await counter.sell(fields);
      await counter.delivered(first);
      const second = await counter.sellTo(`${randomUUID()}@correo.mx`, fields, { 'idempotency-key': randomUUID() });
      expect(second.status).toBe(counter.till.usedTokenStatus);
      await counter.notCharged(second, 'declined');
      await counter.delivered(first);
    },
  },
  {
    number: 4,
    what: 'key refused -> not charged, no second try by itself',
    async run(counter) {
      const { till } = counter;
      await notAskedAgain(counter, async () => {
        const on = till.name === 'conekta' ? 'open' : 'charge';
        const story = await counter.sell('good', { on, kind: 'wrong-key', times: 1 });
        expect(story.status).toBe(till.badKeyStatus);
        expect(await counter.state(story.id)).toBe('declined');
        expect(counter.charges(story.id)).toEqual([]);
      });
      await counter.delivered(await counter.sell());
    },
  },
  {
    number: 4,
    what: "403, another company's key -> not charged, no second try by itself",
    at: ['mercado-pago'],
    async run(counter) {
      counter.market.mercadoPago.addFault({ route: 'create-payment', kind: 'forbidden', times: 1 });
      const calls = counter.till.calls('charge');
      const story = await counter.sell();
      expect(story.status).toBe(500);
      expect(counter.till.calls('charge')).toBe(calls + 1);
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 4,
    what: "another company's key sees nothing of a payment -> never taken for `not charged`",
    async run(counter) {
      const { market, till } = counter;
      const story = await counter.lost();
      const { orderRef } = await counter.find(story.id);
      const gateway = await market.services.gateway(till.name);
      const privateKey = new Secret(till.name === 'conekta' ? `key_${randomUUID()}` : `TEST-${randomUUID()}`);
      const seen = await gateway.look(orderRef ?? '', { privateKey, deadlineAt: market.clock.now() + 5_000 });
      // Mercado Pago's search is merely empty, which proves nothing for a day; Conekta's 404 proves nothing at all.
      expect(seen.kind).toBe(till.name === 'conekta' ? 'unknown' : 'no-charge');
      expect(await counter.state(story.id)).toBe('in_doubt');
      await counter.later(31_000);
      await counter.delivered(story);
    },
  },
  {
    number: 5,
    what: 'the gateway finds our request malformed -> not charged, and the caller sees it',
    async run(counter) {
      const { till, market } = counter;
      if (till.name === 'mercado-pago')
        market.mercadoPago.addFault({ route: 'create-payment', kind: 'bad-request', times: 1 });
      const malformed = till.name === 'conekta' ? till.card('code_parameter_validation_error') : undefined;
      const story = await counter.sell(malformed);
      expect(story.status).toBe(till.name === 'conekta' ? 422 : 400);
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 5,
    what: 'a key that is no UUID, more decimals than the money has -> refused by the gateway, nothing made',
    at: ['mercado-pago'],
    async run({ market: { mercadoPago, shop } }) {
      const before = mercadoPago.ledger().payments.length;
      const send = (key: string, amount: number) =>
        fetch(`${mercadoPago.url}/v1/payments`, {
          method: 'POST',
          headers: { authorization: `Bearer ${accessTokenOf(shop)}`, 'x-idempotency-key': key },
          body: JSON.stringify({
            transaction_amount: amount,
            payer: { email: 'eva@correo.mx' },
            token: `mp_test_APRO_${randomUUID()}`,
            payment_method_id: 'visa',
            installments: 1,
          }),
        });
      for (const answer of [await send('k1', 15), await send(randomUUID(), 15.001)]) {
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject({ cause: [{ code: expect.any(Number) }] });
      }
      expect(mercadoPago.ledger().payments).toHaveLength(before);
    },
  },
  {
    number: 6,
    what: 'the same request again, ten times at once and later -> the same answer, one payment',
    async run(counter) {
      const fields = counter.till.far.payWith('good');
      const email = `${randomUUID()}@correo.mx`;
      const key = { 'idempotency-key': randomUUID() };
      const stories = await Promise.all(Array.from({ length: 10 }, () => counter.sellTo(email, fields, key)));
      stories.push(await counter.sellTo(email, fields, key));
      expect(new Set(stories.map(({ answer }) => JSON.stringify(answer.body))).size).toBe(1);
      for (const story of stories.slice(0, 1)) await counter.delivered(story);
    },
  },
  {
    number: 6,
    what: 'the same charge sent to the gateway again -> the original payment, no second one',
    at: ['mercado-pago'],
    async run(counter) {
      const { market } = counter;
      const fields = counter.till.card('APRO');
      const story = await counter.sell(fields);
      const purchase = await counter.find(story.id);
      const gateway = await market.services.gateway('mercado-pago');
      const card = {
        token: new Secret(String(fields['token'])),
        paymentMethodId: 'visa',
        installments: 1,
        issuerId: null,
        deviceId: null,
        identification: null,
      };
      const call = { privateKey: new Secret(accessTokenOf(market.shop)), deadlineAt: market.clock.now() + 5_000 };
      const again = await gateway.charge(purchase.orderRef ?? '', card, intentOf(purchase), call);
      expect(again).toMatchObject({ kind: 'approved', approval: { paymentId: purchase.paymentId } });
      await counter.delivered(story);
    },
  },
  {
    number: 7,
    what: '409 for the API version -> a definite no, not charged',
    at: ['conekta'],
    async run(counter) {
      counter.market.conekta.addFault({ route: 'create-charge', kind: 'wrong-version', times: 1 });
      const story = await counter.sell();
      await counter.notCharged(story, 'declined');
    },
  },
  {
    number: 7,
    what: '409 for the key, 423 locked, after charging -> found, delivered, one charge',
    at: ['mercado-pago'],
    async run(counter) {
      for (const kind of ['conflict', 'locked'] as const) {
        counter.market.mercadoPago.addFault({ route: 'create-payment', kind, when: 'after', times: 1 });
        const story = await counter.sell();
        expect(story.status, kind).toBe(200);
        await counter.delivered(story);
      }
    },
  },
  {
    number: 7,
    what: '409 for the key, 423 locked, before charging -> in doubt and looked for, then not charged',
    at: ['mercado-pago'],
    async run(counter) {
      const stories = [];
      for (const kind of ['conflict', 'locked'] as const) {
        counter.market.mercadoPago.addFault({ route: 'create-payment', kind, when: 'before', times: 1 });
        const story = await counter.sell();
        expect(story.status, kind).toBe(504);
        stories.push(story);
      }
      await counter.doubtEnds(...stories);
      for (const story of stories) await counter.notCharged(story, 'not_charged');
    },
  },
  {
    number: 8,
    what: '429 with and without Retry-After -> not charged, asked once',
    async run(counter) {
      for (const retryAfterSeconds of [undefined, 5]) {
        const calls = counter.till.calls('charge');
        const story = await counter.sell('good', {
          on: 'charge',
          kind: 'too-many-requests',
          times: 1,
          ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
        });
        expect(story.status).toBe(counter.till.tooManyStatus);
        expect(counter.till.calls('charge')).toBe(calls + 1);
        await counter.notCharged(story, 'declined');
      }
    },
  },
];
