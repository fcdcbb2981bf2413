/**
 * Fields of credential forms (contract 6.5): trimmed, and a mask that an answer showed and a form sent back changes
 * nothing. They give undefined for "leave as it is" and null for "delete".
 */
import * as z from 'zod';
import { Secret } from '../../security/secret.ts';
import { optionalText, patchText } from './fields.ts';

export const MASK = '********';

/** What an answer shows of a secret. */
export const masked = (sealed: string | null): typeof MASK | null => (sealed === null ? null : MASK);

const trimmed = <S extends z.ZodType>(schema: S) =>
  z.preprocess((raw) => (typeof raw === 'string' ? raw.trim() : raw), schema);

const blankToNull = (text: string | null | undefined) => (text === MASK ? undefined : text === '' ? null : text);
const toSecret = (text: string | null | undefined) => (text ? new Secret(text) : text === null ? null : undefined);

/** Absent and null leave the value, blank deletes it. */
export const replacement = (max: number) =>
  trimmed(optionalText({ max })).transform((text) => (text === null ? undefined : blankToNull(text)));
export const secretReplacement = (max: number) => replacement(max).transform(toSecret);

/** Absent, null and blank leave the value. */
export const replacementOnly = (max: number) => replacement(max).transform((text) => text ?? undefined);
export const secretReplacementOnly = (max: number) =>
  replacementOnly(max).transform((text) => (text === undefined ? undefined : new Secret(text)));

/** Absent leaves the value, null and blank delete it. */
export const patchReplacement = (max: number) => trimmed(patchText({ max })).transform(blankToNull);
export const patchSecretReplacement = (max: number) => patchReplacement(max).transform(toSecret);
