import * as z from 'zod';
import type { Secret } from '../security/secret.ts';

export type Sending =
  | { readonly kind: 'sent' }
  /** It does not know the bot, or the chat, or may not write there. */
  | { readonly kind: 'refused' }
  /** Too much was sent by this bot, or to this chat. */
  | { readonly kind: 'busy' }
  /** No answer, or none that can be read: it may have been sent. */
  | { readonly kind: 'unknown' };

export interface Telegram {
  /** @param html text in Telegram's HTML, values escaped @param withinMs for the whole call */
  send(botToken: Secret, chatId: string, html: string, withinMs: number): Promise<Sending>;
}

/** `{"ok": true}`, or `{"ok": false, "error_code": 403}`. */
const answerBody = z.object({
  ok: z.boolean(),
  error_code: z.number().optional(),
});

/** A bot's token, which stands in the path: anything else would name another path. */
const TOKEN = /^[\w:-]{1,255}$/;

/**
 * Telegram's bot API, as far as a notice needs it. Its addresses carry the bot's token, so nothing of a failure is told on.
 *
 * @param baseUrl `https://api.telegram.org`, or the simulator's
 */
export function telegramAt(baseUrl: string): Telegram {
  return {
    async send(botToken, chatId, html, withinMs) {
      const token = botToken.reveal();
      if (!TOKEN.test(token)) return { kind: 'refused' };
      try {
        const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ chat_id: chatId, text: html, parse_mode: 'HTML' }),
          redirect: 'error',
          signal: AbortSignal.timeout(withinMs),
        });
        return sendingOf(response.status, answerBody.safeParse(await response.json()).data);
      } catch {
        return { kind: 'unknown' };
      }
    },
  };
}

function sendingOf(status: number, answer: z.infer<typeof answerBody> | undefined): Sending {
  if (!answer) return { kind: 'unknown' };
  if (answer.ok) return status === 200 ? { kind: 'sent' } : { kind: 'unknown' };
  const code = answer.error_code ?? status;
  if (code === 429) return { kind: 'busy' };
  return code >= 400 && code < 500 ? { kind: 'refused' } : { kind: 'unknown' };
}
