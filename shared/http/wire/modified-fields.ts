import type { MercadoPagoChanges, TelegramChanges } from '../../tenants/credentials.ts';

/** `campos_modificados` (contract 6.5): what was sent, in the reference's order and words. */
export function modifiedFields(mercadoPago: MercadoPagoChanges, telegram: TelegramChanges): string[] {
  const plain = (name: string, change: unknown) => (change === undefined ? [] : [name]);
  const secret = (name: string, change: unknown) =>
    plain(`${name} ${change === null ? '(eliminado)' : '(actualizado)'}`, change);
  return [
    ...secret('access_token', mercadoPago.accessToken),
    ...secret('webhook_secret', mercadoPago.webhookSecret),
    ...plain('public_key', mercadoPago.publicKey),
    ...plain('mode', mercadoPago.mode),
    ...plain('telegram_bot_token', telegram.botToken),
    ...plain('telegram_chat_id', telegram.chatId),
    ...plain('notificaciones_telegram', telegram.enabled),
  ];
}
