/** `detalles` of a product: objects for portals, texts for the admin, either on input (contract 6.2, 6.6). */
import * as z from 'zod';
import { isStorable } from '../../store/storable.ts';

const MAX_DETAILS = 50;
const MAX_TEXT = 200;
const MAX_OBJECT = 1000;
const MAX_DEPTH = 5;

type Detail = string | Record<string, unknown>;

const detail = z.union([
  z
    .string()
    .max(MAX_TEXT)
    .refine((text) => text.isWellFormed()),
  z
    .record(z.string(), z.unknown())
    .refine((object) => isStorable(object, MAX_DEPTH) && JSON.stringify(object).length <= MAX_OBJECT)
    .refine(({ texto }) => typeof texto !== 'string' || texto.length <= MAX_TEXT),
]);

const details = z.array(detail).max(MAX_DETAILS).nullable();
const orNone = (sent: readonly Detail[] | null): readonly Detail[] => sent ?? [];

/** Absent and null are an empty list. */
export const detailsField = () => details.prefault(null).transform(orNone);

/** As `detailsField`, but absent is undefined: leave them as they are. */
export const patchDetails = () => details.transform(orNone).optional();

/**
 * The objects to store. A text becomes an object; one that the admin view had shown keeps the object it stood for, with
 * the keys that view does not show.
 *
 * @param stored what the product has so far
 */
export function detailsToStore(sent: readonly Detail[], stored: readonly unknown[] = []): Record<string, unknown>[] {
  return sent.map((item, index) => {
    if (typeof item !== 'string') return item;
    const shownAs = [stored[index], ...stored].find((kept) => isObject(kept) && textOf(kept) === item);
    return isObject(shownAs) ? shownAs : { texto: item };
  });
}

/** For the admin: the text of each, `""` where there is none. */
export const adminDetails = (details: readonly unknown[]): string[] => details.map(textOf);

function textOf(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const text = isObject(detail) ? detail['texto'] : undefined;
  return text === undefined || text === null ? '' : asText(text);
}

/** For the portal: as stored. Only where an item is no object is it wrapped, and then all values are made texts. */
export function portalDetails(details: readonly unknown[]): Record<string, unknown>[] {
  const objects = details.filter(isObject);
  if (objects.length === details.length) return objects;
  return details.map((item) =>
    isObject(item)
      ? Object.fromEntries(Object.entries(item).map(([name, value]) => [name, asText(value)]))
      : { value: asText(item) },
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
