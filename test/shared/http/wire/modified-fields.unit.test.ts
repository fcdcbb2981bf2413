import { expect, it } from 'vitest';
import { modifiedFields } from '#shared/http/wire/modified-fields.ts';
import { Secret } from '#shared/security/secret.ts';

const untouched = {
  mercadoPago: { accessToken: undefined, webhookSecret: undefined, publicKey: undefined, mode: undefined },
  telegram: { botToken: undefined, chatId: undefined, enabled: undefined },
};

it('nothing sent is nothing modified', () => {
  expect(modifiedFields(untouched.mercadoPago, untouched.telegram)).toEqual([]);
});

it('secrets say whether they were replaced or deleted, the other fields only that they were sent', () => {
  const sent = { accessToken: new Secret('x'), webhookSecret: null, publicKey: null, mode: 'live' } as const;
  expect(modifiedFields(sent, { botToken: null, chatId: '5', enabled: false })).toEqual([
    'access_token (actualizado)',
    'webhook_secret (eliminado)',
    'public_key',
    'mode',
    'telegram_bot_token',
    'telegram_chat_id',
    'notificaciones_telegram',
  ]);
  expect(modifiedFields({ ...sent, accessToken: null, webhookSecret: new Secret('y') }, untouched.telegram)).toEqual([
    'access_token (eliminado)',
    'webhook_secret (actualizado)',
    'public_key',
    'mode',
  ]);
});
