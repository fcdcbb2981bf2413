import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { optionalSecretText, text } from '../wire/fields.ts';
import { profileInfoBody } from '../wire/profile-info.ts';

/** Wider than any name or password we draw. */
const WIDTH = { max: 64 };

/** Contract 6.4: what a portal asks of a code that its buyer has. */
export const hotspotUserRows = {
  showProfileInfo: defineRow({
    ...plainRow,
    id: 'hotspot-users/show-profile-info',
    summary: 'Muestra los datos de un código de acceso, comprobada su contraseña.',
    method: 'POST',
    path: '/api/v1/hotspot/user/profile-info',
    auth: 'api-key',
    body: z.object({ username: text(WIDTH), password: optionalSecretText(WIDTH) }),
    replies: { 200: profileInfoBody },
    needs: ['api-keys:verify', 'table', 'jobs:send', 'access-codes:open'],
    timeoutSeconds: 20,
  }),
};
