/**
 * What a gateway can do to a purchase, and where each purchase ends: `npm run cases` prints the table. The numbers are those
 * of the team's list of cases (payments F); the cases themselves stand in `cases/`, and are run by the files beside this one.
 */
import { expect, it } from 'vitest';
import { type GatewayName, gatewayNames } from '#shared/gateways/gateway.ts';
import { cases as answers } from './cases/answers.ts';
import { cases as keys } from './cases/keys.ts';
import { cases as lostAnswers } from './cases/lost-answers.ts';
import { cases as moneyBack } from './cases/money-back.ts';
import { cases as waiting } from './cases/waiting.ts';
import { cases as webhooks } from './cases/webhooks.ts';

const all = [answers, keys, lostAnswers, moneyBack, waiting, webhooks].flat();

/** 25 and 26 are about authorising now and capturing later, which the product does not do. */
const applicable = Array.from({ length: 32 }, (_, index) => index + 1).filter(
  (number) => number !== 25 && number !== 26,
);

it.each(gatewayNames)('every applicable case is played at %s', (gateway: GatewayName) => {
  const played = new Set(all.filter(({ at }) => at?.includes(gateway) ?? true).map(({ number }) => number));
  expect([...played].toSorted((a, b) => a - b)).toEqual(applicable);
});
