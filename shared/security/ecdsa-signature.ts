const HALF_BYTES = 32;

/**
 * KMS gives ECDSA signatures as a DER sequence of two integers; JWS (RFC 7518, 3.4) wants both as 32 bytes, joined.
 *
 * @returns 64 bytes: r, s
 * @throws Error for anything that is not exactly one DER-encoded P-256 signature
 */
export function joinedFromDer(der: Uint8Array): Buffer {
  const sequence = readElement(der, 0x30);
  if (sequence.rest.length > 0) throw new Error('The signature has bytes after its end');
  const r = readElement(sequence.content, 0x02);
  const s = readElement(r.rest, 0x02);
  if (s.rest.length > 0) throw new Error('The signature has more than two numbers');
  return Buffer.concat([fixedLength(r.content), fixedLength(s.content)]);
}

/** Tag, length, content. A P-256 signature is 72 bytes at most, so a length is always one byte. */
function readElement(bytes: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } {
  const [foundTag, length = 0x80] = bytes;
  if (foundTag !== tag || length >= 0x80 || bytes.length < 2 + length)
    throw new Error('The signature is not a DER sequence of two integers');
  return { content: bytes.subarray(2, 2 + length), rest: bytes.subarray(2 + length) };
}

/** DER drops leading zeros and adds one before a high bit. */
function fixedLength(integer: Uint8Array): Buffer {
  const firstDigit = integer.findIndex((byte) => byte !== 0);
  const digits = firstDigit === -1 ? integer.subarray(integer.length) : integer.subarray(firstDigit);
  if (integer.length === 0 || digits.length > HALF_BYTES)
    throw new Error('A number of the signature has no P-256 size');
  return Buffer.concat([Buffer.alloc(HALF_BYTES - digits.length), digits]);
}
