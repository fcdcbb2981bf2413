import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { mac, optionalSecretText, text } from '../wire/fields.ts';
import { autoReconnectBody } from '../wire/auto-reconnect.ts';
import { profileInfoBody } from '../wire/profile-info.ts';

/** Wider than any name or password we draw. */
const WIDTH = { max: 64 };

/** The same, each character spelled `%XX`. */
const ENCODED = { max: 192 };

/** What the reference takes and nothing depends on: whatever it is, it is not read. */
const unread = z.unknown().optional();

/** Contract 6.4: what a portal asks of a code that its buyer has. */
export const hotspotUserRows = {
  showProfileInfo: defineRow({
    ...plainRow,
    id: 'hotspot-users/show-profile-info',
    summary: 'Muestra los datos de un código de acceso, comprobada su contraseña.',
    method: 'POST',
    path: '/api/v1/hotspot/user/profile-info',
    auth: 'api-key',
    body: z.object({ username: text(ENCODED), password: optionalSecretText(WIDTH) }),
    replies: { 200: profileInfoBody },
    needs: ['api-keys:verify', 'table', 'jobs:send', 'access-codes:seal', 'access-codes:open'],
    timeoutSeconds: 20,
  }),
  autoReconnect: defineRow({
    ...plainRow,
    id: 'hotspot-users/auto-reconnect',
    summary: 'Vuelve a conectar un dispositivo que regresa.',
    method: 'POST',
    path: '/api/v1/hotspot/auto-reconnect',
    auth: 'api-key',
    body: z.object({
      username: text(ENCODED),
      password: optionalSecretText(WIDTH),
      current_mac: mac(),
      stored_mac: unread,
      /** The router says where its devices are (contract 10 RULE). */
      current_ip: unread,
      current_ssid: unread,
    }),
    replies: { 200: autoReconnectBody },
    needs: ['api-keys:verify', 'table', 'jobs:send', 'access-codes:seal', 'access-codes:open'],
    timeoutSeconds: 20,
  }),
};
