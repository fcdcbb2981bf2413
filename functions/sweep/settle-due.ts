import { randomUUID } from 'node:crypto';
import { telegramWords } from '#shared/http/wire/telegram-texts.ts';
import { Courier } from '#shared/notify/courier.ts';
import { openServices } from '#shared/services.ts';
import { sweepDue } from '#shared/sweep.ts';
import { workers } from '#shared/workers.ts';

/** Each minute: everything on the due index whose time has come. */
export async function handler(): Promise<void> {
  const services = openServices(workers.settleDue.needs, randomUUID());
  const { table, registrations, comparisons, watches, reconciles, health, figures, hintItems: hints } = services;
  const logger = services.logger.with({ sweep: 'due' });
  const courier = new Courier({
    ...services.settleParts(logger),
    messages: services.messages,
    tokens: services.box('telegram-tokens'),
    telegram: services.telegram,
    words: telegramWords,
  });
  await sweepDue({
    ...services.settleParts(logger),
    table,
    courier,
    hints,
    registrations,
    comparisons,
    watches,
    reconciles,
    health,
    figures,
    forgets: services.forgets,
    webhooks: () => services.conektaWebhooks(),
    ownUrl: () => services.ownUrl,
  });
}
