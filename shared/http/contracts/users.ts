import * as z from 'zod';
import { defineRow, plainRow, WHOLE_CPU_MB } from '../contract.ts';
import { email, integer, optionalFlag, optionalSecretText, optionalText, secretText, text } from '../wire/fields.ts';
import { pageQuery } from '../wire/page.ts';
import { staffUser } from '../wire/user.ts';

const base = { ...plainRow, auth: 'super-admin', needs: ['sessions:verify', 'table'] } as const;
const one = { path: '/admin/usuarios/{usuario_id}', params: z.object({ usuario_id: integer() }) } as const;
const companyId = () => optionalText({ max: 50 });
/** Any text: what is not a role has an answer of its own (contract 6.8). */
const role = { max: 100 };

/** Contract 1, rows 52 to 55; contract 6.8. Resetting a password is additive. */
export const userRows = {
  create: defineRow({
    ...base,
    id: 'users/create',
    memoryMb: WHOLE_CPU_MB,
    summary: 'Crea un usuario administrador.',
    method: 'POST',
    path: '/admin/usuarios',
    body: z.object({
      // The reference takes any text here and then refuses it at login.
      email: email(),
      password: secretText({ max: 1000 }),
      nombre: text({ min: 1, max: 100 }),
      rol: text(role),
      empresa_id: companyId(),
      // Additive. No unless asked for: a panel written for the reference knows no way to change it first.
      debe_cambiar_contrasena: optionalFlag(false),
    }),
    replies: { 200: z.object({ message: z.literal('Usuario creado exitosamente'), usuario: staffUser }) },
  }),
  list: defineRow({
    ...base,
    id: 'users/list',
    summary: 'Lista los usuarios, filtrados por rol y empresa; por partes como las empresas.',
    method: 'GET',
    path: '/admin/usuarios',
    query: z.object({ rol: optionalText(role), empresa_id: companyId(), ...pageQuery }),
    replies: { 200: z.array(staffUser) },
  }),
  show: defineRow({
    ...base,
    ...one,
    id: 'users/show',
    summary: 'Muestra un usuario.',
    reads: ['user'],
    method: 'GET',
    replies: { 200: staffUser },
  }),
  toggle: defineRow({
    ...base,
    id: 'users/toggle',
    summary: 'Activa o desactiva un usuario.',
    reads: ['user'],
    method: 'PUT',
    path: `${one.path}/toggle-activo`,
    params: one.params,
    replies: {
      200: z.object({
        message: z.enum(['Usuario activado', 'Usuario desactivado']),
        usuario_id: z.number(),
        activo: z.boolean(),
      }),
    },
  }),
  resetPassword: defineRow({
    ...base,
    id: 'users/reset-password',
    memoryMb: WHOLE_CPU_MB,
    reads: ['user'],
    summary: 'Restablece la contraseña de un usuario, que debe cambiarla al entrar.',
    method: 'POST',
    path: `${one.path}/restablecer-contrasena`,
    params: one.params,
    body: z.object({ password: optionalSecretText({ max: 1000 }) }).prefault({}),
    replies: {
      200: z.object({
        message: z.literal('Contraseña restablecida'),
        usuario_id: z.number(),
        contrasena_temporal: z.string().nullable(),
      }),
    },
  }),
};
