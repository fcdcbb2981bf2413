import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeMac, requestedName } from '#shared/access/requested-name.ts';

describe('the name of a reconnect', () => {
  it.each([
    ['PT-7K2QX', 'PT-7K2QX'],
    ['PT%2D7K2QX', 'PT-7K2QX'],
    ['luz%40cafe.mx', 'luz@cafe.mx'],
    ['mesa%204', 'mesa 4'],
    ['100%', undefined],
    ['%zz', undefined],
    ['%E0%A4%A', undefined],
    ['juan_RANDMAC1', 'juan'],
    ['juan_RANDMAC1_RANDMAC15', 'juan'],
    ['juan_RANDMAC', 'juan_RANDMAC'],
    ['juan_RANDMAC1x', 'juan_RANDMAC1x'],
    ['_RANDMAC1', undefined],
    ['AABBCCDDEEFF', 'AABBCCDDEEFF'],
    ['AA:BB:CC:DD:EE:FF', undefined],
    ['AA-BB-CC-DD-EE-FF_RANDMAC2', undefined],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['a'.repeat(65), undefined],
  ])('%s is %s', (sent, name) => {
    expect(requestedName(sent)).toBe(name);
  });

  it('is of plain letters, whatever was sent, and the same when it is sent again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.webUrl()), (sent) => {
        const name = requestedName(sent);
        if (name === undefined) return;
        expect(name).toMatch(/^[\w .@+#*-]{1,64}$/);
        expect(requestedName(name)).toBe(name);
      }),
    );
  });
});

describe('a MAC', () => {
  it.each([
    'aa:bb:cc:dd:ee:ff',
    'AA-BB-CC-DD-EE-FF',
    'T-AA:BB:CC:DD:EE:FF',
    'T-AA.BB.CC.DD.EE.FF',
    'aa:bb-cc:dd-ee:ff',
  ])('is %s', (name) => expect(looksLikeMac(name)).toBe(true));
  it.each(['AABBCCDDEEFF', 'PT-ABCDEFGH', 'AA:BB:CC:DD:EE', 'a.b.c.d.e.f', 'mesa-1-2-3-4-5'])('is not %s', (name) =>
    expect(looksLikeMac(name)).toBe(false),
  );
});
