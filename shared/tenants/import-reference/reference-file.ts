/** The file an operator takes along from the reference service: its tables as JSON (README), columns as in contract 5. */
import * as z from 'zod';
import { Secret } from '../../security/secret.ts';

/** A column that older databases lack, or that may be empty there. */
const orNull = <S extends z.ZodType>(column: S) => column.nullish().transform((value) => value ?? null);

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed());
const name = text(100).min(1);
/** Sealed on the way in; encrypted ones are longer than what is in them. */
const secret = text(1000).transform((value) => new Secret(value));
const id = z.string().regex(/^[\w-]{1,50}$/);
/** A serial column of PostgreSQL. */
const number = z.int().positive().max(2_147_483_647);
/** The reference writes times without their zone; they are taken as UTC (contract 3.1). */
const time = z.string().transform((value, context) => {
  const sortable = value.trim().replace(' ', 'T');
  const at = Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(sortable.slice(10)) ? sortable : `${sortable}Z`);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

const columns = {
  empresas: z.object({
    id,
    nombre: name,
    contacto_email: orNull(text(100)),
    contacto_telefono: orNull(text(20)),
    logo_url: orNull(text(255)),
    conekta_private_key: orNull(secret),
    conekta_public_key: orNull(text(100)),
    conekta_mode: orNull(text(100)),
    mercado_pago_access_token: orNull(secret),
    mercado_pago_public_key: orNull(text(255)),
    mercado_pago_mode: orNull(text(100)),
    mercado_pago_webhook_secret: orNull(secret),
    telegram_bot_token: orNull(secret),
    telegram_chat_id: orNull(text(50)),
    notificaciones_telegram: orNull(z.boolean()),
    activa: orNull(z.boolean()),
    creada_en: orNull(time),
  }),
  routers: z.object({
    id,
    empresa_id: id,
    nombre: name,
    host: text(253).min(1),
    puerto: orNull(z.int().min(1).max(65_535)),
    usuario: name,
    password_encrypted: orNull(secret),
    ubicacion: orNull(text(200)),
    api_key_hash: orNull(text(64)),
    activo: orNull(z.boolean()),
    creado_en: orNull(time),
  }),
  productos: z.object({
    id: number,
    empresa_id: id,
    router_id: id,
    perfil_mikrotik_id: name,
    perfil_mikrotik_nombre: name,
    nombre_venta: name,
    descripcion: orNull(text(10_000)),
    imagen_url: orNull(text(500)),
    precio: z.union([z.number(), z.string()]),
    moneda: orNull(text(3)),
    detalles: z.unknown(),
    activo: orNull(z.boolean()),
    orden_visual: orNull(z.int()),
    destacado: orNull(z.boolean()),
    creado_en: orNull(time),
  }),
  usuarios: z.object({
    id: number,
    rol: text(20),
    empresa_id: orNull(id),
    email: text(100),
    password_hash: text(255),
    nombre: name,
    activo: orNull(z.boolean()),
    ultimo_login: orNull(time),
    creado_en: orNull(time),
  }),
  api_keys_tracking: z.object({
    key_id: id,
    empresa_id: id,
    router_id: id,
    key_hash: z.string().regex(/^[0-9a-f]{64}$/i),
    issued_at: time,
    expires_at: time,
    revoked: orNull(z.boolean()),
    last_used: orNull(time),
    use_count: orNull(z.int().nonnegative()),
  }),
} as const;

export type TableName = keyof typeof columns;
/** In the order in which one needs the other. */
export const tableNames = [
  'empresas',
  'routers',
  'productos',
  'usuarios',
  'api_keys_tracking',
] as const satisfies readonly TableName[];

export type RowOf<T extends TableName> = z.output<(typeof columns)[T]>;

/** One row as it was read. What is wrong is told by the columns' names, never by what stands in them. */
export type Read<Row> =
  { readonly label: string; readonly row: Row } | { readonly label: string; readonly problem: string };

export type ReferenceFile = { readonly [T in TableName]: readonly Read<RowOf<T>>[] };

const rows = z.array(z.unknown()).nullish();
const tables = z.object({
  empresas: rows,
  routers: rows,
  productos: rows,
  usuarios: rows,
  api_keys_tracking: rows,
} satisfies Record<TableName, typeof rows>);

/** @returns undefined when it is not such a file at all: no JSON, or none of the tables in it */
export function readReferenceFile(json: string): ReferenceFile | undefined {
  const { data } = tables.safeParse(parseJson(json));
  if (!data || tableNames.every((table) => !data[table])) return undefined;
  return {
    empresas: readRows(columns.empresas, data.empresas),
    routers: readRows(columns.routers, data.routers),
    productos: readRows(columns.productos, data.productos),
    usuarios: readRows(columns.usuarios, data.usuarios),
    api_keys_tracking: readRows(columns.api_keys_tracking, data.api_keys_tracking),
  };
}

const labels = z.object({ id: z.union([id, number]).optional(), key_id: id.optional() });

function readRows<Row>(schema: z.ZodType<Row>, raw: readonly unknown[] | null | undefined): Read<Row>[] {
  return (raw ?? []).map((one, index) => {
    const named = labels.safeParse(one);
    const label = String((named.success ? (named.data.key_id ?? named.data.id) : undefined) ?? `row ${index + 1}`);
    const parsed = schema.safeParse(one);
    if (parsed.success) return { label, row: parsed.data };
    const wrong = [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? 'the row')))];
    return { label, problem: `missing or malformed: ${wrong.join(', ')}` };
  });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
