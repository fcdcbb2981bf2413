import { personalDataRows } from '#shared/http/contracts/personal-data.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toErasure } from '#shared/http/wire/personal-data.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import { RETENTION } from '#shared/store/forgets.ts';

export const handler = endpoint(
  personalDataRows.show,
  async ({ caller, params: { solicitud_id: id } }, { forgets }) => {
    const forget = id === RETENTION ? undefined : await forgets.find(caller.companyId, id);
    if (!forget) throw new Refusal('erasure-not-found');
    return { status: 200, body: toErasure(forget) };
  },
);
