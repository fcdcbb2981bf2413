/** Webhooks are hints: late, early, doubled, lost, out of order or forged, what the gateway says when asked is what counts. */
import { expect } from 'vitest';
import { accessTokenOf } from '../../stage/gateways/mercado-pago.ts';
import type { Case } from './case.ts';
import { MINUTE, PRICE, SECOND } from './counter.ts';

export const cases: readonly Case[] = [
  {
    number: 18,
    what: 'a webhook ten times at once -> one delivery, one look',
    async run(counter) {
      const story = await counter.lost();
      const [mail] = counter.mail().slice(-1);
      if (!mail) throw new Error('There was no mail');
      const looks = counter.till.calls('look');
      const answers = await counter.deliver(Array.from({ length: 10 }, () => mail));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await counter.delivered(story);
      expect(counter.till.calls('look') - looks).toBe(1);
    },
  },
  {
    number: 19,
    what: 'a webhook before the answer to the charge -> one delivery',
    async run(counter) {
      counter.fail({ on: 'charge', kind: 'delay', when: 'after', ms: 800, times: 1 });
      let isAnswered = false;
      const selling = counter.sell().finally(() => (isAnswered = true));
      const paid = () => counter.till.far.charges().filter(({ refundedMinor }) => refundedMinor === 0).length;
      const before = paid();
      await counter.until(() => paid() > before);
      await counter.deliver(counter.mail());
      expect(isAnswered).toBe(false);
      const story = await selling;
      expect(story.status).toBe(200);
      await counter.delivered(story);
      await counter.later(2 * MINUTE);
      await counter.delivered(story);
    },
  },
  {
    number: 20,
    what: '"refunded" before "paid" -> the state that is fetched: refunded',
    async run(counter) {
      const story = await counter.sell();
      const paid = counter.mail();
      await counter.till.far.refundByHand(counter.charges(story.id)[0]?.id ?? '', PRICE);
      for (const mail of [...counter.mail(), ...paid.toReversed()]) await counter.market.deliver(mail);
      await counter.refunded(story);
      await counter.later(61 * SECOND);
      await counter.refunded(story);
    },
  },
  {
    number: 20,
    what: '"refunded" before "paid" of a lost answer -> nothing delivered, no money kept',
    async run(counter) {
      const story = await counter.lost();
      const paid = counter.mail();
      await counter.till.far.refundByHand(counter.charges(story.id)[0]?.id ?? '', PRICE);
      for (const mail of [...counter.mail(), ...paid.toReversed()]) await counter.market.deliver(mail);
      await counter.untilState(story.id, 'declined', 'refunded');
      expect(counter.refundedMinor(story.id)).toBe(PRICE);
      expect(await counter.users(story.id)).toBe(0);
    },
  },
  {
    number: 20,
    what: '"created" after "updated" -> delivered once',
    async run(counter) {
      const story = await counter.sell('page');
      const created = counter.mail();
      counter.till.far.settle('paid');
      for (const mail of [...counter.mail(), ...created]) await counter.market.deliver(mail);
      await counter.delivered(story);
      await counter.later(61 * SECOND);
      await counter.delivered(story);
    },
  },
  {
    number: 21,
    what: 'forged, in every way -> refused or ignored, nothing delivered, alarm',
    async run(counter) {
      const { market, till } = counter;
      const paid = await counter.sell();
      const [told] = counter.mail().slice(-1);
      if (!told) throw new Error('There was no mail');
      const story = await counter.sell('waits');
      // What was said of a paid purchase is said of one that waits.
      const [from, to] = [await counter.find(paid.id), await counter.find(story.id)];
      const text = (said: string) =>
        said.replaceAll(String(from.id), String(to.id)).replaceAll(from.orderRef ?? '', to.orderRef ?? '');
      const real = { ...told, url: text(told.url), body: text(told.body) };
      const forgeries = till.forgeries(real, story.id, market.clock.now());
      const looks = till.calls('look');
      for (const status of [401, 200]) {
        for (const { what, mail } of forgeries.filter((forgery) => forgery.status === status)) {
          expect((await market.deliver(mail)).status, what).toBe(status);
          expect(await counter.state(story.id), what).toBe('awaiting_payment');
          expect(await counter.users(story.id), what).toBe(0);
        }
        await counter.later(0);
        // Not signed as it should be, for a purchase that is known: one look a minute at most.
        if (status === 401) expect(till.calls('look') - looks).toBeLessThanOrEqual(1);
      }
      expect(counter.hasAlarm('webhook-forged')).toBe(true);
      expect(forgeries.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(6);
      await counter.later(16 * MINUTE);
      await counter.notCharged(story, 'expired');
      await counter.delivered(paid);
    },
  },
  {
    number: 21,
    what: 'a real one replayed after the refund -> nothing is delivered again',
    async run(counter) {
      const story = await counter.sell();
      const paid = counter.mail();
      expect((await counter.refund(story)).status).toBe(200);
      await counter.refunded(story);
      for (const answer of await counter.deliver([...paid, ...paid])) expect(answer.status).toBe(200);
      await counter.later(MINUTE, MINUTE);
      await counter.refunded(story);
    },
  },
  {
    number: 21,
    what: "of another company's payment -> nothing changes for either",
    async run(counter) {
      const { market, till } = counter;
      const other = await market.openShop();
      await market.connectMercadoPago(accessTokenOf(other), other);
      await market.sweep();
      counter.mail();
      const sold = await market.call('POST', till.far.buyPath, {
        headers: { 'x-api-key': other.apiKey },
        body: {
          producto_id: other.productId,
          nombre_cliente: 'Eva Luna',
          email_cliente: 'eva@correo.mx',
          ...till.far.payWith('good'),
        },
      });
      expect(sold.status).toBe(200);
      const theirs = counter.mail();
      expect(theirs.length).toBeGreaterThan(0);
      const waiting = await counter.sell('waits');
      const users = market.customers().length;
      for (const mail of theirs) {
        const url = mail.url.replaceAll(other.companyId, market.shop.companyId);
        const named = url.replace(/compra=\d+/, `compra=${waiting.id}`);
        expect((await market.deliver({ ...mail, url: named })).status).toBe(401);
      }
      await counter.later(MINUTE);
      expect(await counter.state(waiting.id)).toBe('awaiting_payment');
      expect(market.customers().length).toBe(users);
      expect(counter.hasAlarm('webhook-forged')).toBe(true);
      await counter.later(15 * MINUTE);
      expect(await counter.state(waiting.id)).toBe('expired');
    },
  },
  {
    number: 21,
    what: 'of something else that the company sells on the same account -> left alone',
    async run(counter) {
      const { market, till } = counter;
      const before = market.customers().length;
      const refunds = till.calls('refund') + till.calls('cancel');
      await till.sellElsewhere();
      const mail = counter.mail();
      expect(mail.length).toBeGreaterThan(0);
      for (const { status } of await counter.deliver(mail)) expect(status).toBe(200);
      await counter.later(MINUTE, MINUTE);
      expect(market.customers().length).toBe(before);
      expect(till.calls('refund') + till.calls('cancel')).toBe(refunds);
    },
  },
  {
    number: 21,
    what: 'the right id, but another amount or currency -> nothing delivered, alarm; delivered once it is right',
    async run(counter) {
      const { till } = counter;
      const [amount, other] = till.fields.amount;
      for (const [field, value] of [
        [amount, other],
        [till.fields.currency, 'USD'],
      ] as const) {
        const story = await counter.sell('page');
        counter.mail();
        till.far.settle('paid');
        counter.fail({ on: 'look', kind: 'altered', field, value });
        await counter.deliver(counter.mail());
        await counter.until(() => counter.hasAlarm('amount-mismatch'));
        expect(await counter.users(story.id)).toBe(0);
        expect(await counter.state(story.id)).toBe('action_required');
        till.far.mend();
        await counter.later(61 * SECOND);
        await counter.delivered(story);
      }
    },
  },
  {
    number: 21,
    what: 'the right id, but the other mode -> nothing changes, alarm',
    async run(counter) {
      const { till, market } = counter;
      const story = await counter.sell();
      const [mail] = counter.mail().slice(-1);
      if (!mail) throw new Error('There was no mail');
      await till.far.refundByHand(counter.charges(story.id)[0]?.id ?? '', 500);
      if (till.name === 'conekta') counter.fail({ on: 'look', kind: 'altered', field: till.fields.mode, value: true });
      else market.mercadoPago.addFault({ route: 'get-payment', kind: 'altered', field: till.fields.mode, value: true });
      await counter.deliver(counter.mail());
      await counter.until(() => counter.hasAlarm('mode-mismatch'));
      expect(await counter.state(story.id)).toBe('paid');
      expect(await counter.users(story.id)).toBe(1);
    },
  },
  {
    number: 22,
    what: 'every webhook lost -> the sweep finds what was paid, and delivers',
    async run(counter) {
      const { notifications } = counter.till.far;
      notifications.mode = 'lost';
      try {
        const lost = await counter.lost();
        const waiting = await counter.sell('waits');
        expect(counter.mail()).toEqual([]);
        await counter.later(31 * SECOND);
        await counter.delivered(lost);
        counter.till.far.settle('paid');
        await counter.later(61 * SECOND);
        await counter.delivered(waiting);
      } finally {
        notifications.mode = 'delivered';
      }
    },
  },
  {
    number: 23,
    what: 'the fetch after a webhook fails for a while (500, 404) -> no guess, asked again, delivered',
    async run(counter) {
      const story = await counter.lost();
      counter.fail({ on: 'look', kind: 'server-error', when: 'before' });
      const looks = counter.till.calls('look');
      await counter.deliver(counter.mail());
      await counter.until(() => counter.till.calls('look') > looks);
      await counter.later(31 * SECOND);
      expect(await counter.state(story.id)).toBe('in_doubt');
      counter.till.far.mend();
      counter.fail({ on: 'look', kind: 'not-found' });
      await counter.later(91 * SECOND);
      expect(await counter.state(story.id)).toBe('in_doubt');
      counter.till.far.mend();
      for (let look = 0; look < 6 && (await counter.state(story.id)) === 'in_doubt'; look += 1)
        await counter.later(61 * SECOND);
      await counter.delivered(story);
    },
  },
];
