import { paymentRows } from '#shared/http/contracts/payments.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { buyReply } from '#shared/http/wire/buy-answer.ts';
import { orderOf, rowsOfOrder } from '#shared/http/wire/portal-order.ts';
import { buy } from '#shared/purchases/buy.ts';
import { Secret } from '#shared/security/secret.ts';

const unasked = { paymentMethodId: null, installments: null, issuerId: null, deviceId: null, identification: null };

export const handler = endpoint(
  paymentRows.payWithConekta,
  async (request, services) => {
    const order = orderOf(request, {
      gateway: 'conekta',
      credentials: request.caller.company.conekta,
      card: { token: new Secret(request.body.token_tarjeta), ...unasked },
      claimedMinor: null,
    });
    return buyReply(await buy(order, services.buyParts(request.logger)));
  },
  { alongside: (scope, { body, headers }) => rowsOfOrder(scope, body, new Secret(body.token_tarjeta), headers) },
);
