import * as z from 'zod';
import { bytes, defineRow, plainRow } from '../contract.ts';
import { uploadedFile } from '../wire/fields.ts';

/** Contract 1, rows 26 and 4; contract 13. */
export const logoRows = {
  upload: defineRow({
    ...plainRow,
    id: 'logos/upload',
    // A picture is no entry of a trail.
    auditsBody: false,
    reads: ['company'],
    summary: 'Cambia el logo de la empresa propia: JPEG, PNG o WebP, de 2 MB como máximo.',
    method: 'POST',
    path: '/api/v1/admin/mi-empresa/logo',
    auth: 'company-admin',
    bodyType: 'multipart/form-data',
    body: z.object({ file: uploadedFile() }),
    refusals: [413],
    replies: { 200: z.object({ message: z.literal('Logo actualizado correctamente'), logo_url: z.string() }) },
    needs: ['sessions:verify', 'table', 'logos:write'],
    timeoutSeconds: 20,
  }),
  show: defineRow({
    ...plainRow,
    id: 'logos/show',
    summary: 'Entrega el logo de una empresa.',
    method: 'GET',
    path: '/static/logos/{file}',
    auth: 'none',
    // Any text: what is no name of a logo is not found, like one that is not there.
    params: z.object({ file: z.string() }),
    contentType: 'image/*',
    replies: { 200: bytes },
    needs: ['logos:read'],
  }),
};
