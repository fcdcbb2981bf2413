/** A company as its own admin sees it (contract 6.5): secrets as a mask, never the value. */
import * as z from 'zod';
import type { Company } from '../../store/companies.ts';
import { settingsWarnings } from './key-check.ts';
import { MASK, masked } from './replacement.ts';
import { zonelessTime } from './timestamp.ts';

const mask = z.literal(MASK).nullable();

const contactShape = {
  nombre: z.string(),
  contacto_email: z.string().nullable(),
  contacto_telefono: z.string().nullable(),
  telegram_bot_token: mask,
  telegram_chat_id: z.string().nullable(),
  notificaciones_telegram: z.boolean(),
};
export const contactBody = z.object(contactShape);

export const myCompanyBody = z.object({
  ...contactShape,
  id: z.string(),
  logo_url: z.string().nullable(),
  conekta_mode: z.string(),
  conekta_public_key: z.string(),
  mercado_pago_mode: z.string(),
  mercado_pago_public_key: z.string().nullable(),
  activa: z.boolean(),
  creada_en: z.string(),
});

export const conektaBody = z.object({
  conekta_public_key: z.string(),
  conekta_mode: z.string(),
  conekta_private_key: mask,
  webhook: z.object({ estado: z.enum(['activo', 'pendiente', 'rechazado', 'sin_respuesta']), mensaje: z.string() }),
  advertencias: z.array(z.string()),
});

export const mercadoPagoBody = z.object({
  access_token: mask,
  public_key: z.string().nullable(),
  mode: z.string(),
  webhook_secret: mask,
  advertencias: z.array(z.string()),
});

/** Which credentials there are, without the credentials. */
export const configuredBody = z.object({
  access_token: z.boolean(),
  webhook_secret: z.boolean(),
  public_key: z.boolean(),
  mode: z.string(),
  telegram_configurado: z.boolean(),
  telegram_activo: z.boolean(),
});

export const toContactBody = ({
  name,
  contactEmail,
  contactPhone,
  telegram,
}: Company): z.input<typeof contactBody> => ({
  nombre: name,
  contacto_email: contactEmail,
  contacto_telefono: contactPhone,
  telegram_bot_token: masked(telegram.sealedBotToken),
  telegram_chat_id: telegram.chatId,
  notificaciones_telegram: telegram.enabled,
});

export const toMyCompanyBody = (company: Company): z.input<typeof myCompanyBody> => ({
  ...toContactBody(company),
  id: company.id,
  logo_url: company.logoUrl,
  conekta_mode: company.conekta.mode,
  conekta_public_key: company.conekta.publicKey,
  mercado_pago_mode: company.mercadoPago.mode,
  mercado_pago_public_key: company.mercadoPago.publicKey,
  activa: company.active,
  creada_en: zonelessTime(company.createdAt),
});

/** Whether Conekta tells us of refunds, disputes and late payments; without it the daily comparison finds them. */
function webhookState({
  webhook,
  webhookProblem,
  version,
}: Company['conekta']): z.input<typeof conektaBody>['webhook'] {
  if (webhookProblem === 'refused')
    return { estado: 'rechazado', mensaje: 'Conekta no aceptó la llave privada: revísela y guárdela de nuevo.' };
  if (webhookProblem === 'no-answer')
    return { estado: 'sin_respuesta', mensaje: 'Conekta no respondió; se intentará de nuevo.' };
  return webhook?.version === version
    ? { estado: 'activo', mensaje: 'Conekta avisa de cada cambio de un pago.' }
    : { estado: 'pendiente', mensaje: 'El aviso de Conekta se está registrando.' };
}

export const toConektaBody = ({ conekta }: Company): z.input<typeof conektaBody> => ({
  conekta_public_key: conekta.publicKey,
  conekta_mode: conekta.mode,
  conekta_private_key: masked(conekta.sealedPrivateKey),
  webhook: webhookState(conekta),
  advertencias: settingsWarnings(conekta),
});

export const toMercadoPagoBody = ({ mercadoPago }: Company): z.input<typeof mercadoPagoBody> => ({
  access_token: masked(mercadoPago.sealedAccessToken),
  public_key: mercadoPago.publicKey,
  mode: mercadoPago.mode,
  webhook_secret: masked(mercadoPago.sealedWebhookSecret),
  advertencias: settingsWarnings(mercadoPago),
});

export const toConfiguredBody = ({ mercadoPago, telegram }: Company): z.input<typeof configuredBody> => ({
  access_token: mercadoPago.sealedAccessToken !== null,
  webhook_secret: mercadoPago.sealedWebhookSecret !== null,
  public_key: mercadoPago.publicKey !== null,
  mode: mercadoPago.mode,
  telegram_configurado: telegram.sealedBotToken !== null && telegram.chatId !== null,
  telegram_activo: telegram.enabled,
});
