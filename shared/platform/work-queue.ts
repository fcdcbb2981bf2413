import type { Logger } from './logger.ts';
import type { Sqs } from './sqs.ts';

export interface Envelope {
  /** Ids, and how long they matter: what to do, and with what, the worker reads from the table. */
  readonly message: Readonly<Record<string, string | number | true | undefined>>;
  /** Messages of one group keep their order and are never worked on side by side. */
  readonly group: string;
  /** The same within five minutes is one message. */
  readonly dedupId: string;
}

/** A queue's end for those who send. It is a fast path, never the truth: what is owed stands on the due index as well. */
export class WorkQueue {
  readonly #sqs: () => Promise<Sqs>;
  readonly #url: string;

  constructor(sqs: () => Promise<Sqs>, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  /** A queue that does not take it fails nobody: a buyer who has paid must hear that, not of the queue. */
  async send({ message, group, dedupId }: Envelope, logger: Logger): Promise<void> {
    try {
      const sqs = await this.#sqs();
      await sqs.sendMessage({
        QueueUrl: this.#url,
        MessageBody: JSON.stringify(message),
        MessageGroupId: group,
        MessageDeduplicationId: dedupId,
      });
    } catch (error) {
      logger.error('message not sent', error, { ...message, alarm: 'queue-down' });
    }
  }
}
