import * as z from 'zod';
import { bytes, defineRow, plainRow } from '../contract.ts';

const base = { ...plainRow, method: 'GET', auth: 'none', needs: [] } as const;

/** Contract 1, row 3: the description for people. */
export const docsRows = {
  show: defineRow({
    ...base,
    id: 'docs/show',
    summary: 'Muestra esta documentación en una página.',
    path: '/docs',
    contentType: 'text/html; charset=utf-8',
    replies: { 200: z.string() },
  }),
  showAsset: defineRow({
    ...base,
    id: 'docs/show-asset',
    summary: 'Entrega un archivo de la página de documentación.',
    path: '/docs/{asset}',
    params: z.object({ asset: z.string() }),
    contentType: '*/*',
    replies: { 200: bytes },
  }),
  redirect: defineRow({
    ...base,
    id: 'docs/redirect',
    summary: 'Lleva a la página de documentación.',
    path: '/redoc',
    replies: { 307: z.object({}) },
  }),
};
