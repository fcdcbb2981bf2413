import type { userRows } from '../contracts/users.ts';
import type { ExamplesFor } from '../example.ts';

const user = {
  id: 12,
  email: 'luis@wifi.mx',
  nombre: 'Luis Mora',
  rol: 'cliente_admin',
  empresa_id: 'EMP_3A9F1C0B2D',
  activo: true,
} as const;

export const userExamples = {
  'users/create': {
    body: {
      email: 'luis@wifi.mx',
      password: 'contraseña-de-ejemplo',
      nombre: 'Luis Mora',
      rol: 'cliente_admin',
      empresa_id: 'EMP_3A9F1C0B2D',
    },
    reply: { message: 'Usuario creado exitosamente', usuario: user },
  },
  'users/list': { query: { rol: 'cliente_admin', empresa_id: 'EMP_3A9F1C0B2D' }, reply: [user] },
  'users/show': { params: { usuario_id: 12 }, reply: user },
  'users/toggle': {
    params: { usuario_id: 12 },
    reply: { message: 'Usuario desactivado', usuario_id: 12, activo: false },
  },
  'users/reset-password': {
    params: { usuario_id: 12 },
    body: {},
    reply: { message: 'Contraseña restablecida', usuario_id: 12, contrasena_temporal: 'temporal-de-ejemplo' },
  },
} satisfies ExamplesFor<typeof userRows>;
