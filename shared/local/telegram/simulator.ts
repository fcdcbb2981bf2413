import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Clock } from '#shared/platform/clock.ts';
import type { Answer } from '../gateway/answer.ts';
import { type Called, type Course, openDoor } from '../gateway/door.ts';
import { Journal } from '../gateway/journal.ts';
import { telegramFault, type TelegramFault, type TelegramFaultInput, type TelegramRoute } from './faults.ts';

const messageRecord = z.object({
  at: z.number(),
  /** SHA-256 of its token, the first 16 digits: books hold no secrets. */
  bot: z.string(),
  chatId: z.string(),
  text: z.string(),
});
export type TelegramMessage = Readonly<z.infer<typeof messageRecord>>;

export interface TelegramSimulator {
  readonly port: number;
  readonly url: string;
  /** All that arrived, oldest first. */
  messages(): readonly TelegramMessage[];
  /** Requests since the start, the spoiled ones included. */
  calls(): number;
  /** @throws ZodError when it is not a fault of the catalogue */
  addFault(fault: TelegramFaultInput): void;
  clearFaults(): void;
  stop(): Promise<void>;
}

const messageBody = z.object({
  chat_id: z.union([z.string(), z.number()]),
  text: z.string().min(1).max(4096),
  parse_mode: z.literal('HTML').optional(),
});

/** `123456:ABC-DEF`: a bot is who has a token of this form, but for one whose number is 0. */
const PATH = /^\/bot([1-9]\d*:[\w-]+)\/sendMessage$/;
const TAGS = /^(?:[^<>&]|&(?:lt|gt|amp|quot);|<\/?(?:b|i|code)>)*$/;

const ok = (result: object): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ ok: true, result }),
});

const refusal = (code: number, description: string, more: object = {}): Answer => ({
  status: code,
  type: 'application/json',
  body: JSON.stringify({ ok: false, error_code: code, description, ...more }),
});

/**
 * A Telegram that takes what bots send, keeps it on disk before it answers, and refuses what the real one refuses: unknown
 * bots, chats that nobody began, HTML that does not parse.
 *
 * @param port 0 picks a free one
 * @throws StartError when the port is taken or the folder cannot be written
 */
export async function startTelegramSimulator(options: {
  readonly port: number;
  readonly dataDir: string;
  readonly clock: Clock;
}): Promise<TelegramSimulator> {
  const journal = Journal.open(options.dataDir, 'messages.jsonl', messageRecord, 'Telegram');
  const messages = [...journal.entries];

  const take = (token: string, body: string): Answer => {
    const parsed = messageBody.safeParse(jsonOf(body));
    if (!parsed.success) return refusal(400, 'Bad Request: message text is empty');
    const { chat_id, text, parse_mode } = parsed.data;
    const chatId = String(chat_id);
    if (!/^-?[1-9]\d*$|^@\w+$/.test(chatId)) return refusal(400, 'Bad Request: chat not found');
    if (parse_mode && !TAGS.test(text)) return refusal(400, "Bad Request: can't parse entities");
    const bot = createHash('sha256').update(token).digest('hex').slice(0, 16);
    const message = { at: options.clock.now(), bot, chatId, text };
    journal.write(message);
    messages.push(message);
    return ok({ message_id: messages.length, chat: { id: chatId }, text });
  };

  const calledBy = ({ method, url = '' }: IncomingMessage, body: string): Called<TelegramFault> | undefined => {
    if (method !== 'POST' || !url.endsWith('/sendMessage')) return undefined;
    const [, token] = PATH.exec(url) ?? [];
    const answer = () => (token === undefined ? refusal(401, 'Unauthorized') : take(token, body));
    return { route: 'send-message', act: () => Promise.resolve(answer()) };
  };

  const house = {
    name: 'the Telegram simulator',
    calledBy,
    courseOf,
    noSuchPath: refusal(404, 'Not Found'),
    internal: refusal(500, 'Internal Server Error'),
    nothingDone: ok({}),
  };
  const door = await openDoor<TelegramFault>(house, options.port, new AbortController()).catch((error: unknown) => {
    journal.close();
    throw error;
  });
  const isCounted = (route: TelegramRoute) => door.calls.get(route) ?? 0;
  return {
    port: Number(new URL(door.url).port),
    url: door.url,
    messages: () => messages,
    calls: () => isCounted('send-message'),
    addFault: (fault) => door.faults.add(telegramFault.parse(fault)),
    clearFaults: () => door.faults.clear(),
    async stop() {
      await door.close();
      journal.close();
    },
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function courseOf(fault: TelegramFault): Course {
  const refused = (answer: Answer): Course => ({ kind: 'refused', answer });
  switch (fault.kind) {
    case 'server-error':
      return refused(refusal(500, 'Internal Server Error'));
    case 'too-many-requests': {
      const seconds = fault.retryAfterSeconds ?? 1;
      const parameters = { retry_after: seconds };
      return refused(refusal(429, `Too Many Requests: retry after ${seconds}`, { parameters }));
    }
    case 'wrong-key':
      return refused(refusal(401, 'Unauthorized'));
    case 'not-found':
      return refused(refusal(400, 'Bad Request: chat not found'));
    default:
      return fault;
  }
}
