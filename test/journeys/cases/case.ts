import { afterAll, beforeAll, it } from 'vitest';
import { type GatewayName, gatewayNames } from '#shared/gateways/gateway.ts';
import { accessTokenOf } from '../../stage/gateways/mercado-pago.ts';
import { type Market, startMarket } from '../../stage/market.ts';
import { Counter, MINUTE } from './counter.ts';
import { conektaTill, mercadoPagoTill } from './till.ts';

/** One row, or a part of one, of the team's list of cases (payments F). */
export interface Case {
  readonly number: number;
  /** What happens -> where the purchase ends. */
  readonly what: string;
  /** Where it can happen; at both unless told otherwise. */
  readonly at?: readonly GatewayName[];
  /** It waits for real time, so both gateways do at once; it must not move the clock. */
  readonly sideBySide?: true;
  run(counter: Counter): Promise<void>;
}

const titles: Readonly<Record<GatewayName, string>> = { conekta: 'Conekta', 'mercado-pago': 'Mercado Pago' };
const tills = { conekta: conektaTill, 'mercado-pago': mercadoPagoTill } as const;

/** Runs each case at each gateway, in a market that all of them share. */
export function play(cases: readonly Case[]): void {
  let market: Market;
  beforeAll(async () => {
    market = await startMarket();
    await market.connectMercadoPago(accessTokenOf(market.shop));
    // Conekta learns where the webhooks of this shop go.
    await market.sweep();
  });
  afterAll(() => market.stop());

  for (const { number, what, at = gatewayNames, sideBySide = false, run } of cases)
    for (const gateway of at)
      (sideBySide ? it.concurrent : it)(`case ${number} · ${titles[gateway]}: ${what}`, async () => {
        const counter = new Counter(market, tills[gateway](market, market.shop));
        counter.begin(sideBySide ? 0 : 11 * MINUTE);
        await run(counter);
        await counter.balances();
      });
}
