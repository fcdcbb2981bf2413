/** The wire to Mercado Pago, whose SDK uses `fetch`: `globalThis.fetch` of this process, taken over once. */
import { deedOf, gatewayLabel } from './deeds.ts';
import type { Call } from './modes.ts';
import {
  type Actor,
  actorNow,
  arriveLate,
  hold,
  judge,
  killed,
  leave,
  lost,
  offStage,
  refusesItsCopy,
} from './wires.ts';

type Fetch = typeof globalThis.fetch;
type Sent = Parameters<Fetch>;

const original: Fetch = globalThis.fetch;

export function takeOverFetch(): void {
  globalThis.fetch = (...sent) => {
    const actor = actorNow();
    return actor ? sendAs(actor, sent) : original(...sent);
  };
}

function describe([input, init]: Sent): Omit<Call, 'actor' | 'nth'> {
  const label = gatewayLabel(init?.method ?? 'GET', new URL(String(input)).pathname);
  return { service: 'gateway', label, deed: deedOf(label), orderId: referenceIn(init?.body) };
}

/** What stands in an order's place: the reference that both sides know. */
function referenceIn(body: unknown): string {
  return /"external_reference":"(\w+)"/.exec(typeof body === 'string' ? body : '')?.[1] ?? '';
}

async function sendAs(actor: Actor, sent: Sent): Promise<Response> {
  const { call, mode } = judge(actor, describe(sent));
  switch (mode) {
    case 'kill-before':
      throw killed();
    case 'lose-before':
    case 'fail-before':
      throw lost();
    case 'late':
      arriveLate(() => sendCopy(sent));
      throw lost();
    case 'delay-before':
    case 'delay-kill':
      await hold(call);
      break;
    case 'duplicate-before':
      await sendCopy(sent);
      break;
    default:
  }
  const response = await answerTo(sent, mode?.startsWith('delay') ?? false).finally(leave(call, mode));
  if (mode === undefined && !actor.dead) return response;
  const text = await response.text();
  if (mode === 'kill-after' || mode === 'delay-kill') actor.dead = true;
  if (actor.dead) throw killed();
  if (mode === 'lose-after' || mode === 'fail-after') throw lost();
  if (mode === 'delay-after') await hold(call);
  if (mode === 'duplicate-after' && !refusesItsCopy(response.status)) await sendCopy(sent);
  return new Response(text, { status: response.status, headers: response.headers });
}

/** A request that was held leaves, even when its caller has given it up meanwhile: then nobody hears the answer. */
async function answerTo(sent: Sent, wasHeld: boolean): Promise<Response> {
  if (wasHeld && sent[1]?.signal?.aborted) await sendCopy(sent);
  return original(...sent);
}

/** The same bytes once more; nobody hears the answer. */
const sendCopy = ([input, init]: Sent): Promise<void> =>
  offStage(async () => {
    try {
      await (await original(input, { ...init, signal: null })).text();
    } catch {
      // It never arrived.
    }
  });
