import * as z from 'zod';
import { defineRow, plainRow, WHOLE_CPU_MB } from '../contract.ts';
import { email, secretText } from '../wire/fields.ts';
import { sessionUser } from '../wire/user.ts';

/** Longer than any password we take, so that the rule for new ones can say so in its own words. */
const password = () => secretText({ max: 1000 });

/** Contract 1, rows 5 to 7; contract 6.1. */
export const sessionRows = {
  logIn: defineRow({
    ...plainRow,
    id: 'session/log-in',
    summary: 'Inicia la sesión de un administrador con su email y contraseña.',
    method: 'POST',
    path: '/api/v1/auth/login',
    auth: 'none',
    body: z.object({ email: email(), password: password() }),
    memoryMb: WHOLE_CPU_MB,
    refusals: [401],
    replies: {
      200: z.object({
        access_token: z.string(),
        token_type: z.literal('bearer'),
        expires_at: z.string(),
        user: sessionUser,
      }),
    },
    needs: ['sessions:sign', 'table'],
  }),
  logOut: defineRow({
    ...plainRow,
    id: 'session/log-out',
    summary: 'Confirma el cierre de la sesión; el token se descarta en el cliente.',
    method: 'POST',
    path: '/api/v1/auth/logout',
    auth: 'session',
    beforePasswordChange: 'allowed',
    replies: { 200: z.object({ message: z.literal('Sesión cerrada exitosamente') }) },
    needs: ['sessions:verify', 'table'],
  }),
  changePassword: defineRow({
    ...plainRow,
    id: 'session/change-password',
    summary: 'Cambia la contraseña propia y termina las demás sesiones.',
    method: 'POST',
    path: '/api/v1/auth/change-password',
    auth: 'session',
    beforePasswordChange: 'allowed',
    body: z.object({ current_password: password(), new_password: password() }),
    memoryMb: WHOLE_CPU_MB,
    replies: { 200: z.object({ message: z.literal('Contraseña actualizada exitosamente') }) },
    needs: ['sessions:verify', 'table'],
  }),
};
