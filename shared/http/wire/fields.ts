/**
 * The field types of request bodies, as lax as the reference service (contract 3.1): integers and decimals accept numeric
 * text, booleans accept the usual spellings, text accepts no numbers. Each reports its error by the reference's own type
 * name, which `validation.ts` puts on the wire, and says its canonical form as JSON Schema, for the API's description.
 */
import * as z from 'zod';
import { minorFromDecimal } from '../../platform/money.ts';
import { isTimeZone } from '../../platform/time-zone.ts';
import { Secret } from '../../security/secret.ts';

export interface FieldProblem {
  readonly type: string;
  readonly message: string;
}

const MISSING: FieldProblem = { type: 'missing', message: 'Field required' };

type Reading<T> = { readonly value: T } | { readonly problem: FieldProblem };

/** JSON Schema of what a field takes, in the form that clients should send. */
type Shape = Readonly<Record<string, unknown>>;

/** A required field read by `read`; absent is `missing`. */
function field<T>(read: (raw: unknown) => Reading<T>, shape: Shape) {
  return z
    .unknown()
    .transform((raw, context): T => {
      const reading = raw === undefined ? { problem: MISSING } : read(raw);
      if ('value' in reading) return reading.value;
      context.addIssue({ code: 'custom', message: reading.problem.message, params: { type: reading.problem.type } });
      return z.NEVER;
    })
    .meta(shape);
}

/** As `field`, but absent and null give `fallback`, which `read` must take as well: it is the default that is described. */
function optional<T, F>(read: (raw: unknown) => Reading<T>, fallback: F, shape: Shape) {
  const orNull = (raw: unknown): Reading<T | F> => (raw === null ? { value: fallback } : read(raw));
  return field(orNull, nullable(shape)).prefault(fallback ?? null);
}

/** Not required and no default: undefined means "leave as it is", null means "write null" (partial updates). */
function patch<T>(read: (raw: unknown) => Reading<T>, shape: Shape) {
  const orNull = (raw: unknown): Reading<T | null> => (raw === null ? { value: null } : read(raw));
  return field(orNull, nullable(shape)).optional();
}

function nullable({ type, enum: values, ...shape }: Shape): Shape {
  return {
    ...shape,
    ...(type !== undefined && { type: [type, 'null'].flat() }),
    ...(Array.isArray(values) && { enum: [...values, null] }),
  };
}

const problem = (type: string, message: string): { problem: FieldProblem } => ({ problem: { type, message } });

const characters = (text: string): number => [...text].length;

function readText(limits: TextLimits, numbersToo: boolean) {
  return (raw: unknown): Reading<string> => {
    const text = numbersToo && typeof raw === 'number' && Number.isFinite(raw) ? String(raw) : raw;
    if (typeof text !== 'string') return problem('string_type', 'Input should be a valid string');
    // Half of a surrogate pair is no character; the store refuses it.
    if (!text.isWellFormed())
      return problem('string_unicode', 'Input should be a valid string, unable to parse raw data as a unicode string');
    const { min = 0, max } = limits;
    if (characters(text) < min)
      return problem('string_too_short', `String should have at least ${min} character${min === 1 ? '' : 's'}`);
    if (characters(text) > max) return problem('string_too_long', `String should have at most ${max} characters`);
    // Control characters have no place in names or ids and would travel into logs, routers and gateways.
    if (/\p{Cc}/u.test(text) && !limits.multiline)
      return problem('string_pattern_mismatch', 'String should not contain control characters');
    return { value: text };
  };
}

export interface TextLimits {
  readonly min?: number;
  /** In characters, not bytes: the width of the reference's column (contract 5). */
  readonly max: number;
  readonly multiline?: boolean;
}

const textShape = ({ min, max }: TextLimits): Shape => ({
  type: 'string',
  ...(min !== undefined && { minLength: min }),
  maxLength: max,
});

export const text = (limits: TextLimits) => field(readText(limits, false), textShape(limits));
export const optionalText = (limits: TextLimits) => optional(readText(limits, false), null, textShape(limits));
export const patchText = (limits: TextLimits) => patch(readText(limits, false), textShape(limits));

const readPhone = readText({ max: 20 }, true);
const phoneShape = { type: ['string', 'integer'], maxLength: 20 };
const secretShape = (limits: TextLimits): Shape => ({ ...textShape(limits), format: 'password' });

/** As `text`, for what nobody may see again. Any character counts in a password, so none is refused. */
export const secretText = (limits: TextLimits) =>
  field(readText({ ...limits, multiline: true }, false), secretShape(limits)).transform((value) => new Secret(value));

/** As `secretText`, but absent and null give null. */
export const optionalSecretText = (limits: TextLimits) =>
  optional(readText({ ...limits, multiline: true }, false), null, secretShape(limits)).transform((value) =>
    value === null ? null : new Secret(value),
  );

/** A phone: text, or the number some portals send (contract 3.1 RULE). */
export const optionalPhone = () => optional(readPhone, null, phoneShape);
export const patchPhone = () => patch(readPhone, phoneShape);

/** As `optionalText`, for what forms send as a number too, such as Mercado Pago's `issuer_id` (contract 3.1 RULE). */
export const optionalTextOrNumber = (limits: TextLimits) =>
  optional(readText(limits, true), null, { ...textShape(limits), type: ['string', 'integer'] });

function readInteger(raw: unknown): Reading<number> {
  if (typeof raw === 'string' && /^\s*[+-]?\d{1,16}\s*$/.test(raw)) return inSafeRange(Number(raw));
  if (typeof raw === 'string')
    return problem('int_parsing', 'Input should be a valid integer, unable to parse string as an integer');
  if (typeof raw !== 'number') return problem('int_type', 'Input should be a valid integer');
  if (!Number.isInteger(raw))
    return problem('int_from_float', 'Input should be a valid integer, got a number with a fractional part');
  return inSafeRange(raw);
}

const inSafeRange = (value: number): Reading<number> =>
  Number.isSafeInteger(value) ? { value } : problem('int_parsing_size', 'Unable to parse input string as an integer');

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function within({ min = -Infinity, max = Infinity }: Range, reading: Reading<number>): Reading<number> {
  if (!('value' in reading)) return reading;
  if (reading.value < min) return problem('greater_than_equal', `Input should be greater than or equal to ${min}`);
  if (reading.value > max) return problem('less_than_equal', `Input should be less than or equal to ${max}`);
  return reading;
}

const integerShape = ({ min, max }: Range): Shape => ({
  type: 'integer',
  ...(min !== undefined && { minimum: min }),
  ...(max !== undefined && { maximum: max }),
});

export const integer = (range: Range = {}) => field((raw) => within(range, readInteger(raw)), integerShape(range));
export const optionalInteger = <F>(fallback: F, range: Range = {}) =>
  optional((raw) => within(range, readInteger(raw)), fallback, integerShape(range));
export const patchInteger = (range: Range = {}) => integer(range).optional();
/** As `patchInteger`, and null is "write null". */
export const patchNullableInteger = (range: Range = {}) =>
  patch((raw) => within(range, readInteger(raw)), integerShape(range));

/** A number of somebody else's in a path, as long as it may be: kept as digits, since a number would round it. */
export const integerDigits = () =>
  field(
    (raw) => {
      const [, digits] = (typeof raw === 'string' && /^\s*\+?0*(\d{1,30})\s*$/.exec(raw)) || [];
      return digits === undefined
        ? problem('int_parsing', 'Input should be a valid integer, unable to parse string as an integer')
        : { value: digits };
    },
    { type: 'string', pattern: '^[0-9]{1,30}$' },
  );

/** A price: a JSON number or numeric text with at most two decimals, above zero; gives minor units. */
function readPrice(raw: unknown): Reading<number> {
  if (typeof raw !== 'number' && typeof raw !== 'string')
    return problem('float_type', 'Input should be a valid number');
  const minor = minorFromDecimal(raw);
  if (minor !== undefined && minor > 0 && minor <= 99_999_999_99) return { value: minor };
  const number = String(raw).trim() === '' ? NaN : Number(raw);
  if (Number.isNaN(number))
    return problem('float_parsing', 'Input should be a valid number, unable to parse string as a number');
  if (number <= 0) return problem('greater_than', 'Input should be greater than 0');
  if (number >= 100_000_000) return problem('less_than_equal', 'Input should be less than or equal to 99999999.99');
  return problem('decimal_max_places', 'Decimal input should have no more than 2 decimal places');
}

/** Any number, as JSON or as text; gives minor units, rounded. */
function readAmount(raw: unknown): Reading<number> {
  const isText = typeof raw === 'string' && raw.trim() !== '';
  const number = typeof raw === 'number' ? raw : isText ? Number(raw) : NaN;
  if (!Number.isFinite(number)) return problem('float_type', 'Input should be a valid number');
  return { value: Math.round(number * 100) };
}

const priceShape = { type: 'number', exclusiveMinimum: 0, maximum: 99_999_999.99 };

export const amount = () => field(readAmount, { type: 'number' });
export const price = () => field(readPrice, priceShape);
export const patchPrice = () => price().optional();

const TRUE = new Set<unknown>([true, 1, '1', 'true', 't', 'yes', 'y', 'on']);
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'f', 'no', 'n', 'off']);

function readFlag(raw: unknown): Reading<boolean> {
  const spelled = typeof raw === 'string' ? raw.toLowerCase() : raw;
  if (TRUE.has(spelled)) return { value: true };
  if (FALSE.has(spelled)) return { value: false };
  return problem('bool_parsing', 'Input should be a valid boolean, unable to interpret input');
}

const flagShape = { type: 'boolean' };

export const optionalFlag = <F>(fallback: F) => optional(readFlag, fallback, flagShape);
export const patchFlag = () => field(readFlag, flagShape).optional();
/** As `patchFlag`, and null is no. */
export const patchNullableFlag = () =>
  field((raw) => (raw === null ? { value: false } : readFlag(raw)), nullable(flagShape)).optional();

const EMAIL = /^[^\s@"(),:;<>[\\\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/** A valid address of at most 100 characters, its domain in lower case as the reference does. */
function readEmail(raw: unknown): Reading<string> {
  const reading = readText({ max: 100 }, false)(raw);
  if (!('value' in reading)) return reading;
  const address = reading.value.trim();
  const at = address.lastIndexOf('@');
  if (!EMAIL.test(address) || address.includes('..') || address.startsWith('.') || address[at - 1] === '.')
    return problem('value_error', 'value is not a valid email address');
  return { value: address.slice(0, at) + address.slice(at).toLowerCase() };
}

const emailShape = { type: 'string', format: 'email', maxLength: 100 };

export const email = () => field(readEmail, emailShape);
export const optionalEmail = () => optional<string, null>(readEmail, null, emailShape);

const MAC = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i;
const macShape = { type: 'string', pattern: '^([0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5})?$' };

/** Six hex pairs joined by `:` or `-`. Kept as sent, since answers repeat it so (contract 7.2). */
function readMac(raw: unknown): Reading<string> {
  if (typeof raw !== 'string') return problem('string_type', 'Input should be a valid string');
  if (!MAC.test(raw)) return problem('value_error', 'value is not a valid MAC address');
  return { value: raw };
}

export const mac = () => field(readMac, macShape);
/** Absent, empty, or right. */
export const optionalMac = () =>
  optional<string | null, null>((raw) => (raw === '' ? { value: null } : readMac(raw)), null, macShape);

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

function readIpv4(raw: unknown): Reading<string | null> {
  if (raw === '') return { value: null };
  if (typeof raw !== 'string') return problem('string_type', 'Input should be a valid string');
  if (!IPV4.test(raw)) return problem('ip_v4_address', 'Input is not a valid IPv4 address');
  return { value: raw };
}

export const optionalIpv4 = () => optional(readIpv4, null, { type: 'string', pattern: `${IPV4.source}|^$` });

function readDay(raw: unknown): Reading<string> {
  const isDay = typeof raw === 'string' && /^\d{4}-\d\d-\d\d$/.test(raw) && isRealDay(raw);
  return isDay ? { value: raw } : problem('date_parsing', 'Input should be a valid date in the format YYYY-MM-DD');
}

/** The thirtieth of February is read as another day. */
function isRealDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** `2026-11-25`; absent and null give undefined. */
export const optionalDay = () => optional<string, undefined>(readDay, undefined, { type: 'string', format: 'date' });

function readColour(raw: unknown): Reading<string | null> {
  if (raw === '') return { value: null };
  const isColour = typeof raw === 'string' && /^#[0-9a-f]{6}$/i.test(raw);
  return isColour ? { value: raw } : problem('color_error', 'value is not a valid color: it should look like #1A2B3C');
}

/** `#RRGGBB`; null and empty are "none", absent is "leave as it is". */
export const patchColour = () => patch(readColour, { type: 'string', pattern: '^#[0-9A-Fa-f]{6}$' });

function readTimeZone(raw: unknown): Reading<string> {
  return typeof raw === 'string' && isTimeZone(raw)
    ? { value: raw }
    : problem('time_zone', "value is not a time zone: it should look like 'America/Mexico_City'");
}

export const patchTimeZone = () => field(readTimeZone, { type: 'string' }).optional();

/** Base64 of 32 bytes, as WireGuard's tools write it: the last character carries two bits that are nothing. */
const WIREGUARD_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

export const wireguardKey = () =>
  field(
    (raw) => {
      if (typeof raw !== 'string') return problem('string_type', 'Input should be a valid string');
      const key = raw.trim();
      return WIREGUARD_KEY.test(key) ? { value: key } : problem('value_error', 'value is not a WireGuard public key');
    },
    { type: 'string', pattern: WIREGUARD_KEY.source },
  );

/** A file of a form. What is in it is judged where it is used. */
export const uploadedFile = () =>
  field(
    (raw) =>
      raw instanceof File && raw.size > 0
        ? { value: raw }
        : problem('value_error', 'Input should be a file that is not empty'),
    { type: 'string', format: 'binary' },
  );

const readChoice =
  <const V extends string>(values: readonly V[]) =>
  (raw: unknown): Reading<V> => {
    const value = values.find((known) => known === raw);
    return value === undefined
      ? problem('literal_error', `Input should be ${values.map((known) => `'${known}'`).join(' or ')}`)
      : { value };
  };

/** Exactly one of `values`; absent and null give undefined. */
export const optionalChoice = <const V extends string>(values: readonly V[]) =>
  optional<V, undefined>(readChoice(values), undefined, { enum: values });

/** Exactly one of `values`; absent is "leave as it is", null is "write null". */
export const patchChoice = <const V extends string>(values: readonly V[]) =>
  patch<V>(readChoice(values), { enum: values });

/** One of `values`; anything else gives `fallback`, as the reference's description promises (contract 6.3). */
export const oneOfOr = <const V extends string>(values: readonly V[], fallback: V) =>
  optional<V, V>((raw) => ({ value: values.find((value) => value === raw) ?? fallback }), fallback, { enum: values });

/**
 * A body whose fields have a second, English name (contract 6.3). The Spanish name wins when both are sent.
 *
 * @param english Spanish name -> English name
 */
export function aliased<S extends z.ZodObject>(shape: S, english: Readonly<Record<string, string>>) {
  return z.preprocess((raw) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
    const renamed: Record<string, unknown> = { ...raw };
    for (const [spanish, other] of Object.entries(english))
      if (renamed[spanish] === undefined && renamed[other] !== undefined) renamed[spanish] = renamed[other];
    return renamed;
  }, shape);
}
