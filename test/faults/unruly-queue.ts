/** A queue between the real one and its worker, doing what SQS may do, and what it should not. */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { Clock } from '#shared/platform/clock.ts';
import { act } from './wires.ts';

export interface Treatment {
  readonly lost?: boolean;
  /** Two workers get it at once. */
  readonly doubled?: boolean;
  /** It does not wait for its group: it overtakes what is being worked on. */
  readonly overtakes?: boolean;
  /** It does not come back when its worker dies. */
  readonly onlyOnce?: boolean;
}

interface Message {
  readonly body: string;
  readonly overtakes: boolean;
  readonly maxReceives: number;
  receives: number;
  visibleAt: number;
}

const HIDDEN_MS = 25_000;
const MAX_RECEIVES = 3;
const COUNTS = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

export interface UnrulyQueue {
  /** What becomes of the n-th message since the last reset. */
  treat(treatment: (nth: number) => Treatment): void;
  /** While so, every message overtakes: a worker that is held must not hold the others. */
  overtaking: boolean;
  kick(): void;
  /** Nothing runs, and nothing can run at this time of the clock, of what was taken from the real queue. */
  idle(): boolean;
  /** Whether everything was taken from the real queue. */
  isEmptied(): Promise<boolean>;
  waiting(): number;
  /** When a hidden message comes back, if any is. */
  nextVisibleAt(): number | undefined;
  reset(): void;
  stop(): Promise<void>;
}

export function startUnrulyQueue(parts: {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
  /** What its worker is called as an actor. */
  readonly name: string;
  readonly worker: (event: SQSEvent) => Promise<unknown>;
}): UnrulyQueue {
  const { sqs, queueUrl: QueueUrl, clock, name, worker } = parts;
  const stopped = new AbortController();
  const groups = new Map<string, Message[]>();
  let running = 0;
  let received = 0;
  let started = 0;
  let taking = false;
  let treatment: (nth: number) => Treatment = () => ({});

  const deliver = async (message: Message): Promise<boolean> => {
    message.receives += 1;
    running += 1;
    started += 1;
    const event = { Records: [{ body: message.body }] } as unknown as SQSEvent;
    const { dead, error } = await act(`${name} ${started}`, () => worker(event));
    running -= 1;
    return !dead && error === undefined;
  };

  /** The one that may run now. A hidden or running message holds back its group, as in a FIFO queue. */
  const nextOf = (waiting: readonly Message[]): Message | undefined =>
    waiting.find(
      (message, place) => message.visibleAt <= clock.now() && (place === 0 || message.overtakes || queue.overtaking),
    );

  const kickGroup = (group: string): void => {
    const waiting = groups.get(group) ?? [];
    const head = nextOf(waiting);
    if (!head) return;
    head.visibleAt = Infinity;
    void deliver(head).then((acknowledged) => {
      if (acknowledged || head.receives >= head.maxReceives) waiting.splice(waiting.indexOf(head), 1);
      else head.visibleAt = clock.now() + HIDDEN_MS;
      kickGroup(group);
    });
    kickGroup(group);
  };

  const take = (body: string, group: string): void => {
    const { lost = false, doubled = false, overtakes = false, onlyOnce = false } = treatment(received++);
    if (lost) return;
    const message = (): Message => ({
      body,
      overtakes: overtakes || doubled,
      maxReceives: onlyOnce ? 1 : MAX_RECEIVES,
      receives: 0,
      visibleAt: 0,
    });
    const copies = doubled ? [message(), message()] : [message()];
    const waiting = groups.get(group) ?? [];
    waiting.push(...copies);
    groups.set(group, waiting);
    for (const _ of copies) kickGroup(group);
  };

  const pump = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const ask = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
      const command = new ReceiveMessageCommand({ ...ask, MessageSystemAttributeNames: ['MessageGroupId'] });
      const { Messages = [] } = await sqs.send(command).catch(() => ({ Messages: [] }));
      taking = Messages.length > 0;
      for (const { ReceiptHandle, Body = '', Attributes } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        take(Body, Attributes?.MessageGroupId ?? '');
      }
      taking = false;
    }
  };

  const all = () => [...groups.values()].flat();
  const queue: UnrulyQueue = {
    overtaking: false,
    treat: (next) => void (treatment = next),
    kick: () => {
      for (const group of groups.keys()) kickGroup(group);
    },
    idle: () => running === 0 && [...groups.values()].every((waiting) => !nextOf(waiting)),
    isEmptied: async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] }),
      );
      return !taking && COUNTS.every((name) => Attributes[name] === '0');
    },
    waiting: () => all().length,
    nextVisibleAt: () => {
      const times = all().map(({ visibleAt }) => visibleAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    reset: () => {
      groups.clear();
      received = 0;
      started = 0;
      treatment = () => ({});
      queue.overtaking = false;
    },
    stop: async () => {
      stopped.abort();
      await pumping;
    },
  };
  const pumping = pump();
  return queue;
}
