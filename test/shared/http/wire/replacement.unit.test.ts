import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  MASK,
  patchReplacement,
  replacement,
  replacementOnly,
  secretReplacement,
} from '#shared/http/wire/replacement.ts';

const read = (field: z.ZodType, body: object) => z.object({ field }).parse(body);

describe('a field of a credential form', () => {
  it('is trimmed, line ends of a pasted key included', () => {
    expect(read(replacement(5), { field: '  key_1\n' })).toEqual({ field: 'key_1' });
  });

  it.each([{}, { field: null }])('changes nothing when it is absent or null: %j', (body) => {
    expect(read(replacement(5), body)).toEqual({ field: undefined });
  });

  it.each(['', '  '])('deletes when it is blank: %j', (field) => {
    expect(read(replacement(5), { field })).toEqual({ field: null });
    expect(read(secretReplacement(5), { field })).toEqual({ field: null });
  });

  it('changes nothing when a form sends the mask back', () => {
    expect(read(replacement(20), { field: MASK })).toEqual({ field: undefined });
    expect(read(patchReplacement(20), { field: MASK })).toEqual({ field: undefined });
  });

  it('is hidden from the moment it is read', () => {
    expect(JSON.stringify(read(secretReplacement(20), { field: 'APP_USR-secret' }))).toBe('{"field":"[secret]"}');
  });

  it('cannot delete where the contract only lets it replace', () => {
    for (const body of [{}, { field: null }, { field: ' ' }])
      expect(read(replacementOnly(5), body).field).toBeUndefined();
  });

  it('of a partial update deletes by null and is left alone when absent', () => {
    expect(read(patchReplacement(5), { field: null })).toEqual({ field: null });
    expect(read(patchReplacement(5), {}).field).toBeUndefined();
  });

  it('too long or no text is refused', () => {
    for (const field of ['123456', 5, {}]) expect(() => read(replacement(5), { field })).toThrow();
  });
});
