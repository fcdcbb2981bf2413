import * as z from 'zod';
import { Journal } from '../gateway/journal.ts';

const webhookRecord = z.object({
  kind: z.literal('webhook'),
  id: z.string(),
  /** The company, as its orders name it. */
  owner: z.string(),
  url: z.string(),
  /** Empty: every one. */
  subscribedEvents: z.array(z.string()),
  active: z.boolean(),
  deleted: z.boolean(),
});
export type WebhookRecord = Readonly<z.infer<typeof webhookRecord>>;

const webhookKeyRecord = z.object({
  kind: z.literal('key'),
  id: z.string(),
  owner: z.string(),
  active: z.boolean(),
  createdAt: z.int(),
  publicKeyPem: z.string(),
  /** Never leaves the books. It signs for this simulator only, so that it may stand here as it is. */
  privateKeyPem: z.string(),
  deleted: z.boolean(),
});
export type WebhookKeyRecord = Readonly<z.infer<typeof webhookKeyRecord>>;

const registration = z.discriminatedUnion('kind', [webhookRecord, webhookKeyRecord]);
type Registration = WebhookRecord | WebhookKeyRecord;

/** Who wants to be told, and what it is signed with. */
export class WebhookBooks {
  readonly #journal: Journal<Registration>;
  readonly #webhooks = new Map<string, WebhookRecord>();
  readonly #keys = new Map<string, WebhookKeyRecord>();

  /** @throws StartError when the folder cannot be written or the journal cannot be read */
  constructor(dataDir: string) {
    this.#journal = Journal.open(dataDir, 'webhooks.jsonl', registration, 'Conekta');
    for (const entry of this.#journal.entries) this.#remember(entry);
  }

  /** In the order they were made. */
  all(): WebhookRecord[] {
    return [...this.#webhooks.values()];
  }

  webhooksOf(owner: string): WebhookRecord[] {
    return this.all().filter((webhook) => webhook.owner === owner);
  }

  /** In the order they were made. */
  keysOf(owner: string): WebhookKeyRecord[] {
    return [...this.#keys.values()].filter((key) => key.owner === owner);
  }

  write(entry: Registration): void {
    this.#journal.write(entry);
    this.#remember(entry);
  }

  close(): void {
    this.#journal.close();
  }

  #remember(entry: Registration): void {
    if (entry.kind === 'webhook') remember(this.#webhooks, entry);
    else remember(this.#keys, entry);
  }
}

function remember<Entry extends Registration>(entries: Map<string, Entry>, entry: Entry): void {
  if (entry.deleted) entries.delete(entry.id);
  else entries.set(entry.id, entry);
}
