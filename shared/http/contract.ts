import * as z from 'zod';
import type { Capability } from '../platform/capabilities.ts';

/**
 * Who may call a row (contract 1, column Auth).
 * `api-key`: a portal, for its own router. `session`: any staff user. `company-admin` and `super-admin`: that role only.
 */
export type Auth = 'none' | 'api-key' | 'session' | 'company-admin' | 'super-admin';

/** What a staff row may name in its path, query or body, or by its caller. */
export type ReadAhead =
  | 'company'
  | 'figures'
  | 'comparison'
  | 'erasure'
  | 'router'
  | 'health'
  | 'watch'
  | 'reconcile'
  | 'api-key'
  | 'product'
  | 'purchase'
  | 'purchase-owner'
  | 'user'
  | 'census';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';

/**
 * One endpoint, as data. Read by the stacks (route, function, permissions), the local server, and the tests that walk
 * every row. The handler is not imported here but named: it is the default place `functions/http/<id>.ts`.
 */
export interface Row {
  /** `<resource>/<operation>`: the path of the handler's file. */
  readonly id: string;
  /** What it does, in one Spanish sentence: for the API's description. */
  readonly summary: string;
  readonly method: Method;
  /** API Gateway's form: `/admin/empresas/{empresa_id}`. `$default` catches what no other row does. */
  readonly path: string;
  readonly auth: Auth;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  /** How the body comes, where it is not JSON: its parts are then what `body` judges. */
  readonly bodyType?: 'multipart/form-data';
  /** A body that the function reads itself, since a signature is made over its very bytes: described, never validated. */
  readonly rawBody?: z.ZodType;
  /** The bodies this row may answer with, by status, refusals apart. Another status does not compile. */
  readonly replies: Readonly<Record<number, z.ZodType>>;
  /** Statuses of its refusals beyond those that its auth, its method and its inputs make plain (openapi.ts). */
  readonly refusals?: readonly number[];
  /** Of the replies, whose bodies are then text as it stands; JSON where it is left out. Bytes may name another. */
  readonly contentType?: string;
  readonly needs: readonly Capability[];
  /** Items that its input, or its caller, names: read together with the caller, in one read. Of staff rows. */
  readonly reads?: readonly ReadAhead[];
  /** Whether staff calls of it stand in the trail; where it is left out, those that are no GET do. */
  readonly audited?: boolean;
  /** Whether the trail keeps what was sent; it does where this is left out. */
  readonly auditsBody?: boolean;
  /** Lambda timeout. API Gateway itself gives up at 30 s. */
  readonly timeoutSeconds: number;
  /** Memory of its function. Lambda gives CPU by memory. */
  readonly memoryMb: number;
  /** Also for a user who has to change the password first: what it takes to do that, and to leave. */
  readonly beforePasswordChange?: 'allowed';
}

/** The schema of an input a row does not take. */
export const nothing = z.unknown().transform(() => undefined);

/** The schema of a reply that is neither JSON nor text. */
export const bytes = z.custom<Uint8Array<ArrayBufferLike>>((value) => value instanceof Uint8Array);

/** A whole CPU: for rows that hash a password, or whose first call a buyer waits for. */
export const WHOLE_CPU_MB = 1769;

/** What most rows start from: no input, five seconds, somewhat more than half a CPU. */
export const plainRow = { params: nothing, query: nothing, body: nothing, timeoutSeconds: 5, memoryMb: 1024 } as const;

/** Keeps the literal types of a row, which type its handler. */
export function defineRow<const R extends Row>(row: R): R {
  return row;
}

export type ParamsOf<R extends Row> = z.output<R['params']>;
export type QueryOf<R extends Row> = z.output<R['query']>;
export type BodyOf<R extends Row> = z.output<R['body']>;

/** A reply the row declares. Headers are additive. */
export type ReplyOf<R extends Row> = {
  [Status in keyof R['replies'] & number]: {
    readonly status: Status;
    readonly body: z.input<R['replies'][Status]>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof R['replies'] & number];
