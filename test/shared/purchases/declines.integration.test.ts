import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Market, newToken, startMarket } from '../../stage/market.ts';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.stop());

/** The contract's table "Error messages by Conekta error code" (7.2), as portals match it. */
const declines = [
  ['processing_error', 402, 'Error al procesar el pago. Intente nuevamente.'],
  ['conekta.errors.processing.tokenization.used', 402, 'El token de tarjeta ya fue utilizado. Genere un nuevo token.'],
  ['conekta.errors.processing.tokenization.invalid', 402, 'Token de tarjeta inválido. Genere un nuevo token.'],
  ['conekta.errors.processing.tokenization.expired', 402, 'Token de tarjeta expirado. Genere un nuevo token.'],
  ['card_declined', 402, 'Tarjeta declinada. Contacte a su banco.'],
  ['insufficient_funds', 402, 'Fondos insuficientes en la tarjeta.'],
  ['expired_card', 402, 'Tarjeta expirada. Use otra tarjeta.'],
  ['invalid_card', 402, 'Tarjeta inválida. Verifique los datos.'],
  ['stolen_card', 402, 'Tarjeta reportada como robada.'],
  ['suspected_fraud', 402, 'Actividad sospechosa detectada.'],
  ['card_not_supported', 402, 'Tarjeta no soportada.'],
  ['card_number_incorrect', 402, 'Número de tarjeta incorrecto.'],
  ['cvv_incorrect', 402, 'Código de seguridad (CVV) incorrecto.'],
  ['parameter_validation_error', 422, 'Datos inválidos en la solicitud.'],
  ['invalid_parameter', 422, 'Parámetro inválido.'],
  ['missing_parameter', 422, 'Falta parámetro requerido.'],
  ['invalid_amount', 422, 'Monto inválido.'],
  ['invalid_currency', 422, 'Moneda inválida.'],
  ['invalid_email', 422, 'Correo electrónico inválido.'],
  ['invalid_phone', 422, 'Número de teléfono inválido.'],
  ['authentication_error', 401, 'Error de autenticación. Contacte al administrador.'],
  ['invalid_api_key', 401, 'Clave API inválida.'],
  ['unauthorized_request', 401, 'No autorizado.'],
  ['resource_not_found', 404, 'Recurso no encontrado.'],
  ['order_not_found', 404, 'Orden no encontrada.'],
  ['customer_not_found', 404, 'Cliente no encontrado.'],
  ['gateway_error', 402, 'Error en el procesador de pagos.'],
  ['bank_connection_error', 402, 'Error de conexión con el banco.'],
  ['server_error', 402, 'Error interno del servidor.'],
  ['rate_limit_exceeded', 429, 'Límite de solicitudes excedido. Espere un momento.'],
  ['quota_exceeded', 429, 'Cuota excedida. Contacte a Conekta.'],
] as const;

describe('a card that is refused with', () => {
  it.each(declines)(
    '%s is answered %i and its sentence, charges nothing and leaves no user',
    async (code, status, detail) => {
      const answer = await market.buy({ token_tarjeta: newToken(`code_${code}`) });
      expect(answer).toMatchObject({ status, body: { detail, id_compra: expect.any(Number) } });
      expect(market.conekta.ledger().charges.filter((charge) => charge.status === 'paid')).toEqual([]);
      expect(market.customers()).toEqual([]);
    },
  );

  it('a token that was never made is refused as unknown', async () => {
    const answer = await market.buy({ token_tarjeta: 'tok_nobody_made' });
    expect(answer).toMatchObject({ status: 422, body: { detail: 'Error al procesar el pago. Intente nuevamente.' } });
  });
});
