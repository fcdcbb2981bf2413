/** What fails under a purchase: its keys, the server's certificate, our own process. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { intentOf } from '#shared/purchases/settle.ts';
import { Secret } from '#shared/security/secret.ts';
import { selfSignedForLocalhost } from '../../shared/gateways/conekta/self-signed.ts';
import type { Case } from './case.ts';
import { HOUR, MINUTE, SECOND } from './counter.ts';

export const cases: readonly Case[] = [
  {
    number: 30,
    what: 'key revoked after the charge -> parked and asked seldom, no guess; given back once it works again',
    async run(counter) {
      const { till } = counter;
      const story = await counter.sell(
        'good',
        { on: 'charge', kind: 'reset', when: 'after', times: 1 },
        { on: 'look', kind: 'wrong-key' },
      );
      expect(story.status).toBe(504);
      const looks = till.calls('look');
      await counter.later(31 * SECOND, 91 * SECOND, 20 * MINUTE, HOUR, HOUR);
      expect(await counter.state(story.id)).toBe('in_doubt');
      expect(till.calls('look') - looks).toBeLessThanOrEqual(20);
      // Once a day, whatever is asked and however often.
      expect(counter.hasAlarm('gateway-key-refused')).toBe(true);
      till.far.mend();
      for (let look = 0; look < 4 && (await counter.state(story.id)) === 'in_doubt'; look += 1)
        await counter.later(HOUR + SECOND);
      await counter.refunded(story);
    },
  },
  {
    number: 30,
    what: 'key refused for a refund -> the attempt is read, then sent again: refunded once',
    async run(counter) {
      const story = await counter.sell();
      counter.fail({ on: 'refund', kind: 'wrong-key', times: 1 });
      await counter.refund(story);
      expect(await counter.state(story.id)).toBe('refunding');
      for (const wait of [31, 31, 31, 61]) await counter.later(wait * SECOND);
      await counter.refunded(story);
    },
  },
  {
    number: 31,
    what: 'wrong certificate -> refused, the key never sent',
    async run(counter) {
      const { market, till } = counter;
      const story = await counter.sell();
      const seen: unknown[] = [];
      const server = https.createServer(selfSignedForLocalhost(), (request, response) => {
        seen.push(request.headers);
        response.end('{}');
      });
      await once(server.listen(0, 'localhost'), 'listening');
      const adapter = till.adapterTo(`https://localhost:${(server.address() as AddressInfo).port}`, market.clock);
      const call = { privateKey: new Secret(`key_${randomUUID()}`), deadlineAt: market.clock.now() + 5 * SECOND };
      const card = {
        token: new Secret(randomUUID()),
        paymentMethodId: 'visa',
        installments: 1,
        issuerId: null,
        deviceId: null,
        identification: null,
      };
      const { orderRef, ...purchase } = await counter.find(story.id);
      const intent = intentOf({ ...purchase, orderRef });
      try {
        const lost = { kind: 'unknown', cause: 'connection' };
        expect(await adapter.charge(orderRef ?? '', card, intent, call)).toEqual(lost);
        expect(await adapter.look(orderRef ?? '', call)).toEqual(lost);
        expect(seen).toEqual([]);
      } finally {
        server.close();
      }
    },
  },
  {
    number: 32,
    what: 'stopped between the charge and its write -> the sweep completes it (every other step: npm run faults)',
    async run(counter) {
      counter.fail({ on: 'charge', kind: 'delay', when: 'after', ms: 2_500, times: 1 });
      const before = await counter.newest();
      let isAwake = false;
      const asleep = counter.sell().finally(() => (isAwake = true));
      await counter.until(async () => (await counter.newest()) !== before);
      const sleeping = { id: (await counter.newest()) ?? 0 };
      await counter.until(() => counter.charges(sleeping.id).length === 1);
      expect(await counter.state(sleeping.id)).toBe('charging');
      await counter.later(21 * SECOND);
      await counter.delivered(sleeping);
      expect(isAwake).toBe(false);
      // It wakes up, and finds that it is done.
      expect(await asleep).toMatchObject({ status: 200, id: sleeping.id });
      await counter.delivered(sleeping);
    },
  },
  // Last: from here on the company is somebody else at its gateway.
  {
    number: 30,
    what: 'key replaced while a purchase is in doubt -> it ends by its own key, delivered; new sales by the new one',
    async run(counter) {
      const story = await counter.lost();
      await counter.till.rotateKey(counter.market);
      await counter.later(31 * SECOND);
      await counter.delivered(story);
      await counter.delivered(await counter.sell());
      expect((await counter.refund(story)).status).toBe(200);
      await counter.refunded(story);
    },
  },
];
