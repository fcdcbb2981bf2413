import * as z from 'zod';
import { gatewayNames } from '../gateways/gateway.ts';
import { dueAttributes } from './due.ts';
import { keys, NOT_THERE, prefixes, type Table, THERE, type Write } from './table.ts';

/** When the window began that it is about, milliseconds: there is one notice of each. */
const window = { since: z.number(), createdAt: z.number() };

const declines = z.object({
  ...window,
  kind: z.literal('declines'),
  routerId: z.string(),
  routerName: z.string(),
  /** How many declined cards it takes. */
  limit: z.number(),
});

/** A gateway did not take the company's key. */
const keyRefused = z.object({ ...window, kind: z.literal('key-refused'), gateway: z.enum(gatewayNames) });

const ofRouter = { ...window, routerId: z.string(), routerName: z.string() };

/** `since` is the first failed contact. */
const routerDown = z.object({ ...ofRouter, kind: z.literal('router-down') });

/** `since` is the first good contact that was seen. */
const routerUp = z.object({ ...ofRouter, kind: z.literal('router-up'), downSince: z.number() });

/** Over TLS it shows another certificate than the pinned one. `since` is when that was first seen. */
const certificateChanged = z.object({ ...ofRouter, kind: z.literal('certificate-changed') });

/** Something an operator should know of, though nobody asked. Each kind carries what its sentence needs. */
const noticeSchema = z.discriminatedUnion('kind', [declines, keyRefused, routerDown, routerUp, certificateChanged]);
export type Notice = Readonly<z.infer<typeof noticeSchema>>;

const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

const subjectOf = (notice: Notice): string => (notice.kind === 'key-refused' ? notice.gateway : notice.routerId);

/** For whoever writes it together with what it follows from. It is due until the operator was told by Telegram too. */
export const noticeWrite = (companyId: string, notice: Notice): Extract<Write, { kind: 'put' }> => ({
  kind: 'put',
  key: keyOf(companyId, notice),
  item: {
    ...notice,
    companyId,
    attempts: 0,
    ...dueAttributes(notice.createdAt),
    expiresAtSeconds: Math.ceil((notice.createdAt + KEPT_MS) / 1000),
  },
  condition: NOT_THERE,
});

const keyOf = (companyId: string, notice: Notice) =>
  keys.notice(companyId, notice.since, `${notice.kind}#${subjectOf(notice)}`);

/** A notice that Telegram was not told yet. */
export const owedNoticeSchema = noticeSchema.and(z.object({ companyId: z.string(), attempts: z.number() }));
export type OwedNotice = Readonly<z.infer<typeof owedNoticeSchema>>;

export class NoticeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** @returns true for the one caller whose notice it is; those who say the same at the same time get false */
  async add(companyId: string, notice: Notice): Promise<boolean> {
    return this.#table.write(noticeWrite(companyId, notice));
  }

  /** As `MessageStore.claim`. */
  async claim(notice: OwedNotice, until: number): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keyOf(notice.companyId, notice),
      update: 'SET #dueAt = :until, #attempts = #attempts + :one',
      values: { ':until': until, ':one': 1 },
      condition: { expression: '#attempts = :seen', values: { ':seen': notice.attempts } },
    });
  }

  /** Telegram was told, or nobody there is to hear it. */
  async settle(notice: OwedNotice): Promise<void> {
    await this.#table.write({
      kind: 'update',
      key: keyOf(notice.companyId, notice),
      update: 'REMOVE #dueAt, #duePk',
      condition: THERE,
    });
  }

  /** Newest first. */
  async newest(companyId: string, limit: number): Promise<Notice[]> {
    const { pk } = keys.company(companyId);
    return this.#table.queryPrefix(pk, prefixes.notices, noticeSchema, { newestFirst: true, limit });
  }
}
