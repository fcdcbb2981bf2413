import { describe, expect, it } from 'vitest';
import { isFernet, isFernetKey, openFernet } from '#shared/security/fernet.ts';
import { Secret } from '#shared/security/secret.ts';

/** The specification's own example. */
const key = new Secret('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
const token = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

describe('a Fernet text', () => {
  it('opens with its key', () => {
    expect(isFernet(token)).toBe(true);
    expect(isFernetKey(key)).toBe(true);
    expect(openFernet(key, token)?.reveal()).toBe('hello');
  });

  it.each([
    ['another key', token, `x${key.reveal().slice(1)}`],
    ['no key at all', token, 'short'],
    ['a changed byte', token.replace('021cpG', '021cpH'), key.reveal()],
    ['an end that is missing', token.slice(0, -8), key.reveal()],
    ['nothing in it', 'gAAAA', key.reveal()],
    ['another version', `h${token.slice(1)}`, key.reveal()],
  ])('with %s does not', (_, text, with_) => expect(openFernet(new Secret(with_), text)).toBeUndefined());
});
