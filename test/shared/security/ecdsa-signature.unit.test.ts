import fc from 'fast-check';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { joinedFromDer } from '#shared/security/ecdsa-signature.ts';

/** An independent DER encoder: as many bytes as the number needs, one more when its high bit is set. */
function der(...numbers: bigint[]): Buffer {
  const body = numbers.flatMap((number) => {
    let hex = number.toString(16);
    if (hex.length % 2 === 1) hex = `0${hex}`;
    if (parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
    return [0x02, hex.length / 2, ...Buffer.from(hex, 'hex')];
  });
  return Buffer.from([0x30, body.length, ...body]);
}

const hex64 = (value: bigint) => value.toString(16).padStart(64, '0');
/** Of every size, so that short numbers and high bits come up often. */
const integer = fc
  .tuple(fc.integer({ min: 1, max: 32 }), fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }))
  .map(([bytes, value]) => value % 2n ** BigInt(8 * bytes));

describe('a DER signature for JWS', () => {
  it('keeps both numbers, whatever their size', () => {
    fc.assert(
      fc.property(integer, integer, (r, s) => {
        expect(joinedFromDer(der(r, s)).toString('hex')).toBe(hex64(r) + hex64(s));
      }),
      { numRuns: 500 },
    );
  });

  it('of OpenSSL verifies in its joined form', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let i = 0; i < 50; i += 1) {
      const message = Buffer.from(`message ${i}`);
      const joined = joinedFromDer(sign('sha256', message, { key: privateKey, dsaEncoding: 'der' }));
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, joined)).toBe(true);
    }
  });

  it('cut short, lengthened or of another form is refused, never read past its end', () => {
    const whole = der(2n ** 255n, 7n);
    for (let end = 0; end < whole.length; end += 1) expect(() => joinedFromDer(whole.subarray(0, end))).toThrow();
    expect(() => joinedFromDer(Buffer.concat([whole, Buffer.of(0)]))).toThrow('after its end');
    expect(() => joinedFromDer(der(1n, 2n, 3n))).toThrow('more than two');
    expect(() => joinedFromDer(der(2n ** 256n, 1n))).toThrow('P-256 size');
    expect(() => joinedFromDer(Buffer.from([0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x01]))).toThrow('P-256 size');
    expect(() => joinedFromDer(Buffer.from([0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]))).toThrow();
  });

  it('of random bytes never passes as something that is not 64 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        let joined: Buffer | undefined;
        try {
          joined = joinedFromDer(bytes);
        } catch {
          return;
        }
        expect(joined).toHaveLength(64);
      }),
    );
  });
});
