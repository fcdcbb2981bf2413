import type { sessionRows } from '../contracts/session.ts';
import type { ExamplesFor } from '../example.ts';

export const sessionExamples = {
  'session/log-in': {
    body: { email: 'ana@wifi.mx', password: 'contraseña-de-ejemplo' },
    reply: {
      access_token: 'cabecera.datos.firma',
      token_type: 'bearer',
      expires_at: '2026-05-04T18:22:10.123456',
      user: {
        id: 12,
        email: 'ana@wifi.mx',
        nombre: 'Ana Ruiz',
        rol: 'cliente_admin',
        empresa_id: 'EMP_3A9F1C0B2D',
        activo: true,
        debe_cambiar_contrasena: false,
      },
    },
  },
  'session/log-out': { reply: { message: 'Sesión cerrada exitosamente' } },
  'session/change-password': {
    body: { current_password: 'contraseña-de-ejemplo', new_password: 'otra-contraseña-de-ejemplo' },
    reply: { message: 'Contraseña actualizada exitosamente' },
  },
} satisfies ExamplesFor<typeof sessionRows>;
