import * as z from 'zod';
import { defineRow, plainRow } from '../contract.ts';
import { apiKeyBody, apiKeyInfo, apiKeyStatus } from '../wire/api-key.ts';
import { text } from '../wire/fields.ts';

const id = { max: 50 };
const ofRouter = { empresa_id: text(id), router_id: text(id) };
const router = '/admin/empresas/{empresa_id}/routers/{router_id}';
const base = {
  ...plainRow,
  auth: 'super-admin',
  params: z.object(ofRouter),
  needs: ['sessions:verify', 'table'],
} as const;

/** Contract 1, rows 48 to 51; contract 4.3 and 6.8. */
export const apiKeyRows = {
  regenerate: defineRow({
    ...base,
    id: 'api-keys/regenerate',
    reads: ['router'],
    summary: 'Revoca la API Key de un router y entrega otra, que solo se muestra aquí.',
    method: 'POST',
    path: `${router}/regenerate-api-key`,
    replies: {
      200: z.object({
        message: z.literal('API Key regenerada exitosamente'),
        router_id: z.string(),
        new_api_key: z.string(),
        api_key_info: apiKeyInfo,
        previous_key_revoked: z.boolean(),
      }),
    },
    needs: [...base.needs, 'api-keys:sign'],
  }),
  list: defineRow({
    ...base,
    id: 'api-keys/list',
    reads: ['router'],
    summary: 'Lista las API Keys de un router, las más nuevas primero.',
    method: 'GET',
    path: `${router}/api-keys`,
    replies: { 200: z.array(apiKeyBody) },
  }),
  revoke: defineRow({
    ...base,
    id: 'api-keys/revoke',
    reads: ['router', 'api-key'],
    summary: 'Revoca una API Key.',
    method: 'POST',
    path: `${router}/api-keys/{key_id}/revoke`,
    params: z.object({ ...ofRouter, key_id: text(id) }),
    replies: {
      200: z.object({
        message: z.literal('API Key revocada exitosamente'),
        key_id: z.string(),
        router_id: z.string(),
        revoked_at: z.string(),
      }),
    },
  }),
  showStatus: defineRow({
    ...base,
    id: 'api-keys/show-status',
    reads: ['router'],
    summary: 'Muestra el estado de la API Key vigente de un router.',
    method: 'GET',
    path: `${router}/api-key-status`,
    replies: { 200: apiKeyStatus },
  }),
};
