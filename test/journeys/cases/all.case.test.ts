/**
 * What a gateway can do to a purchase, and where each purchase ends: `npm run cases` prints the table. The numbers are those
 * of the team's list of cases (payments F); the cases themselves stand beside this file, in the one of their subject.
 */
import { expect, it } from 'vitest';
import { type GatewayName, gatewayNames } from '#shared/gateways/gateway.ts';
import { cases as answers } from './answers.ts';
import { cases as keys } from './keys.ts';
import { cases as lostAnswers } from './lost-answers.ts';
import { cases as moneyBack } from './money-back.ts';
import { cases as waiting } from './waiting.ts';
import { cases as webhooks } from './webhooks.ts';

const all = [answers, keys, lostAnswers, moneyBack, waiting, webhooks].flat();

/** 25 and 26 are about authorising now and capturing later, which the product does not do. */
const applicable = Array.from({ length: 32 }, (_, index) => index + 1).filter(
  (number) => number !== 25 && number !== 26,
);

it.each(gatewayNames)('every applicable case is played at %s', (gateway: GatewayName) => {
  const played = new Set(all.filter(({ at }) => at?.includes(gateway) ?? true).map(({ number }) => number));
  expect([...played].toSorted((a, b) => a - b)).toEqual(applicable);
});
