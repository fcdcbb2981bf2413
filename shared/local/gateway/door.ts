import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pauseUnlessStopped } from 'node:timers/promises';
import { listenOnLoopback } from '../loopback-port.ts';
import { type Answer, send } from './answer.ts';
import { FaultQueue, type QueuedFault } from './fault-queue.ts';
import { textOf } from './request-body.ts';
import { type Spoil, spoil } from './spoil.ts';

/** What a fault makes of a request. */
export type Course =
  | Spoil
  /** Says this, instead of what there was to say. */
  | { readonly kind: 'refused'; readonly answer: Answer }
  /** Breaks off at once; the effect comes after `ms`, or when released. */
  | { readonly kind: 'late'; readonly answer: 'reset' | 'server-error'; readonly ms?: number | undefined }
  /** Something else is done, which is told as it is. */
  | { readonly kind: 'other-effect' };

export interface Called<Fault extends QueuedFault> {
  readonly route: Fault['route'];
  /** @param fault the one that comes before the effect */
  act(fault: Fault | undefined): Promise<Answer>;
}

/** What one gateway says and does; how requests come in, suffer and are answered is the same for all. */
export interface House<Fault extends QueuedFault> {
  /** As a sentence names it. */
  readonly name: string;
  /** @returns undefined where no route leads */
  calledBy(request: IncomingMessage, body: string): Called<Fault> | undefined;
  courseOf(fault: Fault): Course;
  readonly noSuchPath: Answer;
  readonly internal: Answer;
  /** What is spoilt on its way when nothing was done. */
  readonly nothingDone: Answer;
}

export interface Door<Fault extends QueuedFault> {
  readonly url: string;
  readonly faults: FaultQueue<Fault>;
  /** Requests since the start, by route, the spoiled ones included. */
  readonly calls: ReadonlyMap<Fault['route'], number>;
  /** Lets every effect happen that is held back without a time. @returns how many */
  releaseLate(): Promise<number>;
  close(): Promise<void>;
}

/**
 * The HTTP server of a simulated gateway, on loopback.
 *
 * @param port 0 picks a free one
 * @param closing aborted when the door closes: whoever waits inside ends there
 * @throws StartError when the port is taken
 */
export async function openDoor<Fault extends QueuedFault>(
  house: House<Fault>,
  port: number,
  closing: AbortController,
): Promise<Door<Fault>> {
  const faults = new FaultQueue<Fault>();
  const calls = new Map<Fault['route'], number>();
  let heldBack: (() => Promise<unknown>)[] = [];
  const wait = (ms: number) => pauseUnlessStopped(ms, undefined, { signal: closing.signal });
  const courseAt = (fault: Fault | undefined) => fault && house.courseOf(fault);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const called = house.calledBy(request, await textOf(request));
    if (!called) return send(response, house.noSuchPath);
    const { route } = called;
    calls.set(route, (calls.get(route) ?? 0) + 1);

    const fault = faults.take(route, 'before');
    const effect = () => called.act(fault);
    const before = courseAt(fault);
    if (before?.kind === 'delay') await wait(before.ms);
    else if (before?.kind === 'late') {
      if (before.answer === 'reset') response.socket?.resetAndDestroy();
      else send(response, house.internal);
      if (before.ms === undefined) heldBack.push(effect);
      else await wait(before.ms).then(effect);
      return;
    } else if (before && before.kind !== 'other-effect') return sendSpoilt(before, response, house.nothingDone);

    const answer = await effect();
    const after = courseAt(faults.take(route, 'after'));
    if (after && after.kind !== 'late' && after.kind !== 'other-effect') return sendSpoilt(after, response, answer);
    send(response, answer);
  }

  async function sendSpoilt(
    course: Spoil | Extract<Course, { readonly kind: 'refused' }>,
    response: ServerResponse,
    answer: Answer,
  ): Promise<void> {
    return course.kind === 'refused' ? send(response, course.answer) : spoil(course, response, answer, wait);
  }

  const server: Server = createServer((request, response) => {
    serve(request, response).catch(() => {
      if (closing.signal.aborted || response.headersSent) response.destroy();
      else send(response, house.internal);
    });
  });
  const url = await listenOnLoopback(server, port, house.name);

  return {
    url,
    faults,
    calls,
    async releaseLate() {
      const effects = heldBack;
      heldBack = [];
      for (const effect of effects) await effect();
      return effects.length;
    },
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The refusal of who asks too often. @param retryAfterSeconds as the header says it; without it when undefined */
export function withRetryAfter(answer: Answer, retryAfterSeconds: number | undefined): Answer {
  return retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { 'Retry-After': String(retryAfterSeconds) } };
}
