import * as z from 'zod';
import { gatewayNames } from '../gateways/gateway.ts';
import { DUE_PARTITION, keys, type Table } from './table.ts';

/** What somebody said may have changed: a purchase of ours, or a thing at the gateway that is not known here yet. */
const hintSubject = z.discriminatedUnion('kind', [
  /** `approvedId`: it only says that this payment was approved, so there is nothing to ask once that is known. */
  z.object({
    kind: z.literal('purchase'),
    purchaseId: z.number(),
    approvedId: z.string().nullable(),
    /** What it was about, as the gateway calls it. */
    namedId: z.string().nullable(),
  }),
  z.object({ kind: z.literal('gateway-id'), gateway: z.enum(gatewayNames), id: z.string() }),
]);
export type HintSubject = z.infer<typeof hintSubject>;

/**
 * "Ask the gateway about this." One item for a subject, however many say so and however often: it is due until the gateway
 * has answered, and asked no more often than `nextLookAt` allows.
 */
export const hintSchema = z.object({
  companyId: z.string(),
  name: z.string(),
  subject: hintSubject,
  /** Of the newest word: a look that began before it does not settle it. */
  receivedAt: z.number(),
  /** Of the first word that is not settled yet; null when all are. */
  firstAt: z.number().nullable().default(null),
  attempts: z.number(),
  nextLookAt: z.number().default(0),
  dueAt: z.number().nullable().default(null),
});
export type Hint = z.infer<typeof hintSchema>;

const DAY_SECONDS = 24 * 60 * 60;
/** Longer than any hint is followed. */
const KEPT_SECONDS = 3 * DAY_SECONDS;

const namesSomething = (subject: HintSubject): boolean => subject.kind === 'gateway-id' || subject.namedId !== null;

export class HintStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(companyId: string, name: string): Promise<Hint | undefined> {
    return this.#table.get(keys.hint(companyId, name), hintSchema);
  }

  /**
   * One write, whatever stood there: it becomes due now, or as soon as its subject may be asked about again.
   *
   * @param name of the subject; whoever may be asked about apart from others has a name apart
   */
  async record(companyId: string, name: string, subject: HintSubject, now: number): Promise<Hint> {
    const item = await this.#table.update(
      keys.hint(companyId, name),
      // A word that names nothing takes nothing from one that did.
      `SET #companyId = :company, #name = :name, #receivedAt = :now,
        #subject = ${namesSomething(subject) ? ':subject' : 'if_not_exists(#subject, :subject)'},
        #firstAt = if_not_exists(#firstAt, :now), #attempts = if_not_exists(#attempts, :zero),
        #dueAt = if_not_exists(#dueAt, if_not_exists(#nextLookAt, :now)), #duePk = :due, #expiresAtSeconds = :expiry`,
      {
        ':company': companyId,
        ':name': name,
        ':subject': subject,
        ':now': now,
        ':zero': 0,
        ':due': DUE_PARTITION,
        ':expiry': Math.ceil(now / 1000) + KEPT_SECONDS,
      },
    );
    return hintSchema.parse(item);
  }

  /**
   * Takes a due hint for one look. Whoever dies over it leaves it due at `until`.
   *
   * @param until milliseconds; until then nobody looks again
   * @returns undefined when somebody else took it, or nothing is due
   */
  async claim({ companyId, name, dueAt }: Hint, until: number): Promise<Hint | undefined> {
    const item = await this.#table.update(
      keys.hint(companyId, name),
      'SET #dueAt = :until, #nextLookAt = :until, #attempts = #attempts + :one',
      { ':until': until, ':one': 1 },
      { expression: '#dueAt = :seen', values: { ':seen': dueAt } },
    );
    return item && hintSchema.parse(item);
  }

  /** Nothing is owed any more, unless somebody spoke again since the claim: then it stays due. */
  async settle({ companyId, name, dueAt, receivedAt }: Hint): Promise<void> {
    await this.#table.update(
      keys.hint(companyId, name),
      'SET #attempts = :zero REMOVE #dueAt, #duePk, #firstAt',
      { ':zero': 0 },
      { expression: '#dueAt = :due AND #receivedAt = :received', values: { ':due': dueAt, ':received': receivedAt } },
    );
  }
}
