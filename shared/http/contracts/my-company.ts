import * as z from 'zod';
import { gatewayModes } from '../../store/companies.ts';
import { defineRow, plainRow } from '../contract.ts';
import {
  aliased,
  optionalChoice,
  optionalFlag,
  patchInteger,
  patchNullableFlag,
  patchPhone,
  patchText,
  text,
} from '../wire/fields.ts';
import { keyCheckBody } from '../wire/key-check.ts';
import { configuredBody, conektaBody, contactBody, mercadoPagoBody, myCompanyBody } from '../wire/my-company.ts';
import {
  patchReplacement,
  patchSecretReplacement,
  replacement,
  replacementOnly,
  secretReplacement,
  secretReplacementOnly,
} from '../wire/replacement.ts';
import { warningsBody } from '../wire/router.ts';
import { healthSummaryBody } from '../wire/router-health.ts';
import { routerFields, routerLocation, routerPort } from './routers.ts';

const path = '/api/v1/admin/mi-empresa';
const base = { ...plainRow, auth: 'company-admin', needs: ['sessions:verify', 'table'] } as const;
const sealing = { ...base, needs: [...base.needs, 'gateway-credentials:seal'] } as const;

/** "Test these keys", ours: those in force, or with a body some that are not saved yet. */
const checking = {
  ...base,
  method: 'POST',
  replies: { 200: keyCheckBody },
  needs: [...base.needs, 'gateway-credentials:open'],
  timeoutSeconds: 12,
} as const;

/** Widths of the reference's columns (contract 5). */
const NAME = { min: 1, max: 100 };
const CONTACT = { max: 100 };
const CONEKTA_KEY = 100;
const CREDENTIAL = 255;
const CHAT_ID = 50;

const message = z.object({ message: z.string() });
const conektaForm = z.object({
  conekta_private_key: secretReplacementOnly(CONEKTA_KEY),
  conekta_public_key: replacementOnly(CONEKTA_KEY),
  conekta_mode: optionalChoice(gatewayModes),
});
const loaded = <S extends z.ZodType>(settings: S) => z.object({ message: z.string(), configuracion_actual: settings });
const saved = {
  success: z.literal(true),
  message: z.string(),
  empresa: z.object({ id: z.string(), nombre: z.string() }),
};

/** Contract 1, rows 15, 19 to 25, 28, 29 and 31; contract 6.5. */
export const myCompanyRows = {
  show: defineRow({
    ...base,
    id: 'my-company/show',
    reads: ['company'],
    summary: 'Muestra la empresa propia, con los secretos enmascarados.',
    method: 'GET',
    path,
    replies: { 200: myCompanyBody },
  }),
  update: defineRow({
    ...base,
    id: 'my-company/update',
    needs: [...base.needs, 'telegram-tokens:seal'],
    summary: 'Edita los datos de contacto y de Telegram de la empresa propia.',
    method: 'PUT',
    path,
    body: z.object({
      nombre: text(NAME).optional(),
      // Nullable, and no address, in the reference (contract 5): what an import brought may be sent back.
      contacto_email: patchText(CONTACT),
      contacto_telefono: patchPhone(),
      telegram_bot_token: patchSecretReplacement(CREDENTIAL),
      telegram_chat_id: patchReplacement(CHAT_ID),
      notificaciones_telegram: patchNullableFlag(),
    }),
    replies: { 200: z.object({ message: z.string(), empresa: contactBody }) },
  }),
  /** The old path of `configureConekta`. */
  replaceConekta: defineRow({
    ...sealing,
    id: 'my-company/replace-conekta',
    reads: ['company'],
    summary: 'Guarda las llaves de Conekta (ruta anterior).',
    method: 'PUT',
    path: `${path}/conekta-config`,
    body: conektaForm,
    replies: { 200: message },
  }),
  configureConekta: defineRow({
    ...sealing,
    id: 'my-company/configure-conekta',
    reads: ['company'],
    summary: 'Guarda las llaves de Conekta.',
    method: 'POST',
    path: `${path}/configurar-conekta`,
    body: conektaForm,
    replies: { 200: message },
  }),
  showConekta: defineRow({
    ...base,
    id: 'my-company/show-conekta',
    reads: ['company'],
    summary: 'Muestra la configuración de Conekta, con la llave privada enmascarada.',
    method: 'GET',
    path: `${path}/conekta`,
    replies: { 200: loaded(conektaBody) },
  }),
  showMercadoPago: defineRow({
    ...base,
    id: 'my-company/show-mercado-pago',
    reads: ['company'],
    summary: 'Muestra la configuración de Mercado Pago, con los secretos enmascarados.',
    method: 'GET',
    path: `${path}/mercado-pago`,
    replies: { 200: loaded(mercadoPagoBody) },
  }),
  configureMercadoPago: defineRow({
    ...sealing,
    id: 'my-company/configure-mercado-pago',
    reads: ['company'],
    summary: 'Guarda las credenciales de Mercado Pago.',
    method: 'POST',
    path: `${path}/configurar-credenciales`,
    body: z.object({
      access_token: secretReplacementOnly(CREDENTIAL),
      public_key: replacementOnly(CREDENTIAL),
      webhook_secret: secretReplacementOnly(CREDENTIAL),
      mode: optionalChoice(gatewayModes),
    }),
    replies: { 200: message },
  }),
  /** Mercado Pago and Telegram in one form, and the only one that can delete. */
  configureCredentials: defineRow({
    ...sealing,
    id: 'my-company/configure-credentials',
    needs: [...sealing.needs, 'telegram-tokens:seal'],
    reads: ['company'],
    summary: 'Guarda o borra las credenciales de Mercado Pago y los datos de Telegram.',
    method: 'POST',
    path: '/api/v1/payments/configurar-credenciales',
    body: z.object({
      access_token: secretReplacement(CREDENTIAL),
      webhook_secret: secretReplacement(CREDENTIAL),
      public_key: replacement(CREDENTIAL),
      mode: optionalChoice(gatewayModes),
      telegram_bot_token: secretReplacement(CREDENTIAL),
      telegram_chat_id: replacement(CHAT_ID),
      notificaciones_telegram: optionalFlag(undefined),
    }),
    replies: {
      200: z.union([
        z.object({ ...saved, campos_modificados: z.array(z.string()), configuracion_actual: configuredBody }),
        z.object({ ...saved, configurado: configuredBody }),
      ]),
    },
  }),
  /** As `PUT /admin/empresas/{empresa_id}/routers/{router_id}`, in the contract's words. */
  updateRouter: defineRow({
    ...base,
    id: 'my-company/update-router',
    summary: 'Edita un router de su empresa.',
    reads: ['router'],
    method: 'PUT',
    path: `${path}/routers/{router_id}`,
    params: z.object({ router_id: text({ max: 50 }) }),
    body: aliased(
      z.object({
        nombre: routerFields.nombre.optional(),
        host: routerFields.host.optional(),
        puerto: patchInteger(routerPort),
        usuario: routerFields.usuario.optional(),
        // In clear, despite its name (contract 6.5).
        password_encrypted: routerFields.password.optional(),
        ubicacion: patchText(routerLocation),
      }),
      { password_encrypted: 'password' },
    ),
    replies: {
      200: z.object({
        message: z.literal('Router actualizado correctamente'),
        router: z.object({
          id: z.string(),
          nombre: z.string(),
          host: z.string(),
          puerto: z.number(),
          usuario: z.string(),
          ubicacion: z.string().nullable(),
          activo: z.boolean(),
          /** Beyond the contract. */
          advertencias: warningsBody,
        }),
      }),
    },
    needs: [...base.needs, 'router-credentials:seal'],
  }),
  /** With a body, of settings that are not saved yet. */
  testTelegram: defineRow({
    ...base,
    id: 'my-company/test-telegram',
    summary: 'Envía un mensaje de prueba por Telegram.',
    reads: ['company'],
    method: 'POST',
    path: '/api/v1/admin/test-telegram',
    body: z.object({ token: secretReplacementOnly(CREDENTIAL), chat_id: replacementOnly(CHAT_ID) }).prefault({}),
    replies: { 200: message },
    needs: [...base.needs, 'telegram-tokens:open'],
    timeoutSeconds: 15,
  }),
  checkConekta: defineRow({
    ...checking,
    id: 'my-company/check-conekta',
    reads: ['company'],
    summary: 'Prueba la llave de Conekta vigente, o una que aún no se guarda.',
    path: `${path}/probar-conekta`,
    body: z.object({ conekta_private_key: secretReplacementOnly(CONEKTA_KEY) }).prefault({}),
  }),
  checkMercadoPago: defineRow({
    ...checking,
    id: 'my-company/check-mercado-pago',
    reads: ['company'],
    summary: 'Prueba el access token de Mercado Pago vigente, o uno que aún no se guarda.',
    path: `${path}/probar-mercado-pago`,
    body: z.object({ access_token: secretReplacementOnly(CREDENTIAL) }).prefault({}),
  }),
  listRouters: defineRow({
    ...base,
    id: 'my-company/list-routers',
    summary: 'Lista los routers de la empresa propia, con su salud.',
    method: 'GET',
    path: `${path}/routers`,
    replies: {
      200: z.object({
        empresa_id: z.string(),
        total: z.number(),
        routers: z.array(
          z.object({
            id: z.string(),
            nombre: z.string(),
            host: z.string(),
            ubicacion: z.string().nullable(),
            activo: z.boolean(),
            creado_en: z.string(),
            /** Beyond the contract. */
            salud: healthSummaryBody,
          }),
        ),
      }),
    },
  }),
};
