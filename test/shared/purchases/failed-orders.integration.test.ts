import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterEach(() => market.conekta.clearFaults());
afterAll(() => market.stop());

describe('an order that could not be made', () => {
  it.each([
    ['server-error', 500, 'Error al procesar el pago. Intente nuevamente.'],
    ['reset', 500, 'Error interno al procesar el pago.'],
    ['html-body', 500, 'Error interno al procesar el pago.'],
  ])('(%s) is answered %i as the contract says, and the same request then succeeds', async (kind, status, detail) => {
    const when = kind === 'html-body' ? 'after' : 'before';
    market.conekta.addFault({ route: 'create-order', kind, when, times: 1 } as Parameters<
      Market['conekta']['addFault']
    >[0]);
    const body = { token_tarjeta: newToken(), email_cliente: `${kind}@correo.mx` };
    const answer = await market.buy(body);
    expect(answer).toMatchObject({ status, body: { detail, id_compra: expect.any(Number) } });
    expect((await market.buy(body)).status).toBe(200);
  });
});
