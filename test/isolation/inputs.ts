import * as z from 'zod';
import { nothing, type Row } from '#shared/http/contract.ts';

/** Where a row takes something from: `path.router_id`, `query.cursor`, `body.producto_id`. */
export type Input = `${'path' | 'query' | 'body' | 'header'}.${string}`;

/** Called ids, and never an id of ours: there is nobody else's to send. */
const NOT_OURS = new Set([
  // The router's own numbers, within one router.
  'perfil_mikrotik_id',
  // Mercado Pago's words for a card and a browser.
  'payment_method_id',
  'issuer_id',
  'device_id',
  // Telegram's.
  'chat_id',
  'telegram_chat_id',
]);

/** What names an item of a company: ids, codes, references, places in a list, files. */
const NAMES_SOMETHING = /^id$|^id_|_id$|[a-z]I[dD]$|cursor|referenc|^codigo$|^t$|^username$|archivo|file/;

/** Every input of a row by which another company's item could be named. Whatever stands in a path is one. */
export function idsTaken({ path, query, body }: Row): Input[] {
  const named = (schema: z.core.$ZodType) =>
    fieldsOf(schema).filter((field) => NAMES_SOMETHING.test(field) && !NOT_OURS.has(field));
  return [
    ...paramsOf(path).map((name): Input => `path.${name}`),
    ...named(query).map((name): Input => `query.${name}`),
    ...named(body).map((name): Input => `body.${name}`),
  ];
}

/** `{router_id}`, and `{file+}`, which takes the rest of the path. */
export const paramsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);

/** Names of all fields of an object, nested ones too, through whatever is wrapped around it. */
export function fieldsOf(schema: z.core.$ZodType): string[] {
  if (schema === nothing) return [];
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, field]) => [name, ...fieldsOf(field)]);
  if (schema instanceof z.ZodPipe) return [...new Set([...fieldsOf(schema.in), ...fieldsOf(schema.out)])];
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((option) => fieldsOf(option)))];
  if (schema instanceof z.ZodIntersection) return [...fieldsOf(schema.def.left), ...fieldsOf(schema.def.right)];
  if (schema instanceof z.ZodArray) return fieldsOf(schema.element);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly
  )
    return fieldsOf(schema.unwrap());
  return [];
}
