import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  adminDetails,
  detailsField,
  detailsToStore,
  patchDetails,
  portalDetails,
} from '#shared/http/wire/product-details.ts';

describe('details as they are stored', () => {
  it('are objects, whether they came as texts or as objects', () => {
    expect(detailsToStore(['10 Mbps', { texto: 'Ilimitado', icono: 'wifi' }])).toEqual([
      { texto: '10 Mbps' },
      { texto: 'Ilimitado', icono: 'wifi' },
    ]);
  });

  it('keep the keys the admin view does not show when that view is sent back, moved or shortened', () => {
    const stored = [
      { texto: 'Rápido', icono: 'bolt' },
      { video: 1 },
      { chat: 2 },
      { texto: 'Ilimitado', icono: 'inf' },
    ];
    expect(detailsToStore(adminDetails(stored), stored)).toEqual(stored);
    expect(detailsToStore(['Ilimitado', 'Nuevo'], stored)).toEqual([stored[3], { texto: 'Nuevo' }]);
  });
});

describe('the admin`s view of details', () => {
  it('is the text of each, empty where there is none', () => {
    expect(
      adminDetails([{ texto: '10 Mbps', icono: 'x' }, { otro: 1 }, { texto: null }, { texto: 5 }, 'suelto', 7]),
    ).toEqual(['10 Mbps', '', '', '5', 'suelto', '']);
  });
});

describe('the portal`s view of details', () => {
  it('is what is stored, values untouched', () => {
    const stored = [{ texto: '10 Mbps', megas: 10, extra: { a: [true] } }];
    expect(portalDetails(stored)).toEqual(stored);
    expect(portalDetails([])).toEqual([]);
  });

  it('wraps what is no object, and then makes every value a text', () => {
    expect(portalDetails(['suelto', 7, { texto: '10 Mbps', megas: 10, extra: { a: 1 } }])).toEqual([
      { value: 'suelto' },
      { value: '7' },
      { texto: '10 Mbps', megas: '10', extra: '{"a":1}' },
    ]);
  });
});

describe('details on input', () => {
  const create = z.object({ detalles: detailsField() });
  const update = z.object({ detalles: patchDetails() });
  const accepted = (detalles: unknown) => create.safeParse({ detalles }).success;

  it('are an empty list when absent or null, but an update without them leaves them', () => {
    expect(create.parse({})).toEqual({ detalles: [] });
    expect(create.parse({ detalles: null })).toEqual({ detalles: [] });
    expect(update.parse({})).toEqual({});
    expect(update.parse({ detalles: null })).toEqual({ detalles: [] });
  });

  it('are at most fifty, with texts of at most 200 characters', () => {
    expect(accepted(Array(50).fill('a'.repeat(200)))).toBe(true);
    expect(accepted(Array(51).fill('a'))).toBe(false);
    expect(accepted(['a'.repeat(201)])).toBe(false);
    expect(accepted([{ texto: 'a'.repeat(201) }])).toBe(false);
    expect(accepted([{ otro: 'a'.repeat(1000) }])).toBe(false);
  });

  it('are texts or objects', () => {
    for (const wrong of ['10 Mbps', { texto: 'x' }, [5], [null], [['x']], [true]]) expect(accepted(wrong)).toBe(false);
  });

  it('hold only what the store can hold', () => {
    const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });
    expect(accepted([nested(4)])).toBe(true);
    for (const wrong of [nested(5), nested(5000), { '': 1 }, { n: 1e300 }, { n: 1e-300 }])
      expect(accepted([wrong])).toBe(false);
    const half = '\ud83d';
    for (const wrong of [half, { texto: half }, { [half]: 1 }, { a: [{ b: half }] }])
      expect(accepted([wrong])).toBe(false);
    expect(accepted(['📶', { texto: '📶' }])).toBe(true);
  });
});
