import { personalDataRows } from '#shared/http/contracts/personal-data.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { toErasure } from '#shared/http/wire/personal-data.ts';
import { firstPurchaseId, newErasureId } from '#shared/platform/ids.ts';
import { Refusal } from '#shared/platform/refusal.ts';
import type { ForgetSubject } from '#shared/store/forgets.ts';

export const handler = endpoint(personalDataRows.erase, async ({ caller, body, receivedAt }, { forgets }) => {
  const given = [
    { kind: 'email', value: body.email },
    { kind: 'phone', value: body.telefono },
    { kind: 'mac', value: body.mac },
  ] as const;
  const subjects = given.flatMap(({ kind, value }): ForgetSubject[] => (value ? [{ kind, value }] : []));
  const [subject] = subjects;
  if (!subject || subjects.length > 1) throw new Refusal('erasure-needs-one');
  // What was bought until this moment.
  const untilId = firstPurchaseId(receivedAt + 1);
  const forget = await forgets.begin(caller.companyId, newErasureId(), subject, untilId, receivedAt);
  return { status: 202, body: toErasure(forget) };
});
