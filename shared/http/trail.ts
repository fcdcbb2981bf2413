import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Refusal } from '../platform/refusal.ts';
import type { AuditStore } from '../store/audit.ts';
import { MASK } from '../security/secret.ts';
import type { User } from '../store/users.ts';
import type { Row } from './contract.ts';

/** A body is kept up to this size; of a larger one the names of its fields. */
const MAX_CHARACTERS = 8_000;

interface Done {
  readonly row: Row;
  readonly user: User;
  readonly params: unknown;
  readonly body: unknown;
  readonly request: Pick<APIGatewayProxyEventV2['requestContext'], 'http' | 'requestId'>;
  readonly at: number;
}

/** Whether what a row does is written down: what staff change, and what shows them a secret. */
export const isAudited = (row: Row): boolean =>
  row.auth !== 'none' && row.auth !== 'api-key' && (row.audited ?? row.method !== 'GET');

/** Does `work` between two entries of the trail: that it began, and how it ended. */
export async function onTrail<T extends { readonly status: number }>(
  audit: Pick<AuditStore, 'begin' | 'end'>,
  { row, user, params, body, request, at }: Done,
  work: () => Promise<T>,
): Promise<T> {
  const ids = asRecord(masked(params));
  const changes = row.auditsBody === false ? null : masked(body);
  const entry = await audit.begin({
    at,
    companyId: concerned(user, ids, asRecord(changes)),
    userId: user.id,
    email: user.email,
    role: user.role,
    action: row.id,
    params: ids,
    changes: shortened(changes),
    sourceIp: request.http.sourceIp,
    correlationId: request.requestId,
  });
  // What was done stands, whether or not its end can be written: a new key is shown this once.
  const ended = (outcome: string) => audit.end(entry, outcome).catch(() => undefined);
  try {
    const reply = await work();
    await ended(String(reply.status));
    return reply;
  } catch (error) {
    await ended(error instanceof Refusal ? `refused ${error.code}` : 'failed');
    throw error;
  }
}

/** An operator can only touch its own; what it names of another's is nothing that happened to that one. */
function concerned(user: User, params: Fields, body: Fields): string | null {
  if (user.companyId !== null) return user.companyId;
  const named = params['empresa_id'] ?? body['empresa_id'];
  return typeof named === 'string' && /^[\w-]{1,50}$/.test(named) ? named : null;
}

type Fields = Readonly<Record<string, unknown>>;

/** A field of such a name is never kept, should its schema not know that it is a secret. */
const SECRET_NAME = /password|contrasena|secret|token|private/i;

/** As JSON says it: secrets are values that say `[secret]` of themselves. */
function masked(value: unknown): unknown {
  if (value === undefined) return null;
  const masking = (name: string, field: unknown) =>
    typeof field === 'string' && SECRET_NAME.test(name) ? MASK : field;
  return JSON.parse(JSON.stringify(value, masking));
}

const asRecord = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

const shortened = (changes: unknown): unknown =>
  JSON.stringify(changes).length <= MAX_CHARACTERS ? changes : { fields: Object.keys(asRecord(changes)) };
