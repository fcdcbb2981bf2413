import * as z from 'zod';
import { gatewayNames } from '../gateways/gateway.ts';
import { keys, NOT_THERE, prefixes, type Table, type Write } from './table.ts';

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

/** For whoever writes it together with what it follows from. */
export const noticeWrite = (companyId: string, notice: Notice): Extract<Write, { kind: 'put' }> => ({
  kind: 'put',
  key: keys.notice(companyId, notice.since, `${notice.kind}#${subjectOf(notice)}`),
  item: { ...notice, expiresAtSeconds: Math.ceil((notice.createdAt + KEPT_MS) / 1000) },
  condition: NOT_THERE,
});

export class NoticeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** @returns true for the one caller whose notice it is; those who say the same at the same time get false */
  async add(companyId: string, notice: Notice): Promise<boolean> {
    return this.#table.write(noticeWrite(companyId, notice));
  }

  /** Newest first. */
  async newest(companyId: string, limit: number): Promise<Notice[]> {
    const { pk } = keys.company(companyId);
    return this.#table.queryPrefix(pk, prefixes.notices, noticeSchema, { newestFirst: true, limit });
  }
}
