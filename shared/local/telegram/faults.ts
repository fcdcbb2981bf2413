import * as z from 'zod';
import { commonDescriptions, faultShapes } from '../gateway/fault-shapes.ts';

export const telegramRoutes = ['send-message'] as const;
export type TelegramRoute = (typeof telegramRoutes)[number];

export const telegramFault = z.discriminatedUnion('kind', [...faultShapes(telegramRoutes).common]);
export type TelegramFault = z.infer<typeof telegramFault>;
export type TelegramFaultInput = z.input<typeof telegramFault>;

const descriptions: Readonly<Record<TelegramFault['kind'], string>> = {
  'server-error': 'HTTP 500, Internal Server Error.',
  'too-many-requests': 'HTTP 429, with retry_after when retryAfterSeconds is given. Only before.',
  'wrong-key': 'HTTP 401, as if the bot had been deleted. Only before.',
  'not-found': 'HTTP 400, as if nobody had begun a chat with the bot. Only before.',
  ...commonDescriptions,
};

/** What can be asked for, one line each. */
export const telegramFaultCatalogue: readonly { readonly kind: string; readonly description: string }[] =
  Object.entries(descriptions).map(([kind, description]) => ({ kind, description }));
