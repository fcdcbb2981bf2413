import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import { type Answer, secondHalf, send, sendFirstHalf } from './answer.ts';

const ms = z.int().nonnegative();

/** What can happen to an answer on its way, whatever it says. Each kind is completed with a route and a `when`. */
export const spoilKinds = {
  timeout: { kind: z.literal('timeout') },
  reset: { kind: z.literal('reset') },
  delay: { kind: z.literal('delay'), ms },
  cutBody: { kind: z.literal('cut-body') },
  slowBody: { kind: z.literal('slow-body'), ms },
  htmlBody: { kind: z.literal('html-body') },
  emptyJson: { kind: z.literal('empty-json') },
  altered: {
    kind: z.literal('altered'),
    field: z.string(),
    value: z.union([z.string(), z.number(), z.boolean()]),
  },
} as const;

export type Spoil =
  | { readonly kind: 'timeout' | 'reset' | 'cut-body' | 'html-body' | 'empty-json' }
  | { readonly kind: 'delay' | 'slow-body'; readonly ms: number }
  | { readonly kind: 'altered'; readonly field: string; readonly value: string | number | boolean };

export const spoilDescriptions = {
  timeout: 'Never answers.',
  reset: 'Resets the connection.',
  delay: 'Waits ms: before, the effect comes late; after, only the answer does.',
  'cut-body': 'HTTP 200, half of the body, then the connection closes.',
  'slow-body': 'HTTP 200 and half of the body at once, the other half after ms. Only after.',
  'html-body': 'HTTP 200 with a web page.',
  'empty-json': 'HTTP 200 with {}.',
  altered: 'Every field of this name has this value instead of its own. Only after.',
} as const;

/** @param wait ends early, by throwing, when the simulator stops */
export async function spoil(
  fault: Spoil,
  response: ServerResponse,
  answer: Answer,
  wait: (ms: number) => Promise<unknown>,
): Promise<void> {
  switch (fault.kind) {
    case 'timeout':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'delay':
      await wait(fault.ms);
      return send(response, answer);
    case 'cut-body':
      sendFirstHalf(response, answer, () => response.destroy());
      return;
    case 'slow-body':
      sendFirstHalf(response, answer);
      await wait(fault.ms);
      response.end(secondHalf(answer));
      return;
    case 'html-body':
      return send(response, { status: 200, type: 'text/html', body: '<!doctype html><title>Welcome</title>' });
    case 'empty-json':
      return send(response, { status: 200, type: answer.type, body: '{}' });
    case 'altered': {
      const alter = (name: string, value: unknown): unknown => (name === fault.field ? fault.value : value);
      return send(response, { ...answer, body: JSON.stringify(JSON.parse(answer.body, alter)) });
    }
  }
}
