import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKms, type LocalKms } from '#shared/local/kms.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { Kms } from '#shared/platform/kms.ts';
import { Secret } from '#shared/security/secret.ts';
import { SecretBox, type SecretPurpose } from '#shared/security/secret-box.ts';
import { makeFolder } from '../../stage/scratch-folder.ts';
import { ManualClock } from '../../stage/manual-clock.ts';

const folder = makeFolder();
let kms: LocalKms;
const clock = new ManualClock();

beforeAll(async () => {
  kms = await startKms({ port: 0, dataDir: folder.path });
});
afterAll(async () => {
  await kms.stop();
  folder.remove();
});

function box(overrides: { purpose?: SecretPurpose; keyId?: string; can?: 'seal' | 'open' | 'both' } = {}): SecretBox {
  const { kms: client } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: kms.url }));
  const keyId = localKeys.ROUTER_CREDENTIALS_KEY;
  return new SecretBox({
    kms: () => Promise.resolve(new Kms(client)),
    keyId,
    purpose: 'router-credentials',
    can: 'both',
    clock,
    ...overrides,
  });
}
const decrypts = () => kms.calls()['Decrypt'] ?? 0;

describe('a sealed secret', () => {
  it.each(['hunter2', '', 'contraseña 🙂', 'x'.repeat(4000)])('opens to what was sealed: %.12j', async (text) => {
    const sealed = await box().seal('EMP_A', new Secret(text));
    if (text) expect(Buffer.from(sealed, 'base64').includes(text)).toBe(false);
    expect((await box().open('EMP_A', sealed)).reveal()).toBe(text);
  });

  it('does not open for another company, another purpose, or after a change', async () => {
    const sealed = await box().seal('EMP_A', new Secret('hunter2'));
    const refused = { name: 'InvalidCiphertextException' };
    await expect(box().open('EMP_B', sealed)).rejects.toMatchObject(refused);
    await expect(box({ purpose: 'access-codes' }).open('EMP_A', sealed)).rejects.toMatchObject(refused);
    const changed = Buffer.from(sealed, 'base64');
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    await expect(box().open('EMP_A', changed.toString('base64'))).rejects.toMatchObject(refused);
    await expect(box().open('EMP_A', 'bm9uc2Vuc2U=')).rejects.toMatchObject(refused);
  });

  it("does not open with another purpose's key", async () => {
    const sealed = await box().seal('EMP_A', new Secret('hunter2'));
    const other = box({ keyId: localKeys.GATEWAY_CREDENTIALS_KEY });
    await expect(other.open('EMP_A', sealed)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('is opened by KMS once in five minutes, and never from the cache for another company', async () => {
    const opener = box();
    const sealed = await box().seal('EMP_A', new Secret('hunter2'));
    const before = decrypts();
    await opener.open('EMP_A', sealed);
    await opener.open('EMP_A', sealed);
    expect(decrypts()).toBe(before + 1);
    await expect(opener.open('EMP_B', sealed)).rejects.toThrow();
    clock.advance(5 * 60_000);
    await opener.open('EMP_A', sealed);
    expect(decrypts()).toBe(before + 3);
  });

  it('costs the one who sealed it no call to open', async () => {
    const both = box();
    const sealed = await both.seal('EMP_A', new Secret('hunter2'));
    const before = decrypts();
    expect((await both.open('EMP_A', sealed)).reveal()).toBe('hunter2');
    expect(decrypts()).toBe(before);
  });

  it('leaves the cache when five hundred others came after it', async () => {
    const opener = box();
    const sealer = box({ can: 'seal' });
    const sealed = await Promise.all(
      Array.from({ length: 501 }, (_, i) => sealer.seal('EMP_A', new Secret(`secret ${i}`))),
    );
    for (const one of sealed) await opener.open('EMP_A', one);
    const before = decrypts();
    await opener.open('EMP_A', sealed[1] ?? '');
    expect(decrypts()).toBe(before);
    await opener.open('EMP_A', sealed[0] ?? '');
    expect(decrypts()).toBe(before + 1);
  });
});

describe('a box that may do one thing', () => {
  it('says so when asked for the other, without asking KMS', async () => {
    const before = kms.calls();
    await expect(box({ can: 'seal' }).open('EMP_A', 'x')).rejects.toMatchObject({ name: 'BoxMisuse' });
    await expect(box({ can: 'open' }).seal('EMP_A', new Secret('x'))).rejects.toMatchObject({ name: 'BoxMisuse' });
    expect(kms.calls()).toEqual(before);
  });
});
