import type { SQSEvent } from 'aws-lambda';
import { followHint } from '#shared/purchases/follow-hint.ts';
import { hintMessage } from '#shared/purchases/hints.ts';
import { openServices } from '#shared/services.ts';
import { workers } from '#shared/workers.ts';

/** Always acknowledges what it could not settle: the hint stays on the due index. */
export async function handler(event: SQSEvent): Promise<void> {
  for (const record of event.Records) {
    const { companyId, name, correlationId } = hintMessage.parse(JSON.parse(record.body));
    const services = openServices(workers.gatewayHints.needs, correlationId);
    const { hintItems: hints, logger } = services;
    const hint = await hints.find(companyId, name);
    if (hint) await followHint(hint, { ...services.settleParts(logger), hints });
  }
}
