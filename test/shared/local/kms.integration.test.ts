import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startKms, type LocalKms } from '#shared/local/kms.ts';
import { localKeys } from '#shared/local/kms-keys.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';
import { makeFolder, scratchFolder } from '../../stage/scratch-folder.ts';

const folder = makeFolder();
let kms: LocalKms;
const clientOf = (url: string) => createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: url })).kms;

beforeAll(async () => {
  kms = await startKms({ port: 0, dataDir: folder.path });
});
afterAll(async () => {
  await kms.stop();
  folder.remove();
});

const codes = localKeys.ACCESS_CODES_KEY;
const sessions = localKeys.SESSIONS_KEY;
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const text = (value: string) => new TextEncoder().encode(value);

describe("the sandbox's KMS", () => {
  it('keeps its keys in one file that only this user reads, and opens after a restart what it sealed before', async () => {
    const dataDir = join(scratchFolder(), 'data');
    const first = await startKms({ port: 0, dataDir });
    const { CiphertextBlob } = await clientOf(first.url).send(
      new EncryptCommand({ KeyId: codes, Plaintext: text('PT-1'), EncryptionContext: { company: 'A' } }),
    );
    await first.stop();
    expect(statSync(join(dataDir, 'kms-keys.json')).mode & 0o777).toBe(0o600);
    const second = await startKms({ port: 0, dataDir });
    const { Plaintext } = await clientOf(second.url).send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { company: 'A' } }),
    );
    await second.stop();
    expect(Plaintext).toEqual(text('PT-1'));
  });

  it('makes the key of a purpose that is newer than its file, and leaves the others as they are', async () => {
    const path = join(scratchFolder(), 'data');
    await (await startKms({ port: 0, dataDir: path })).stop();
    const file = join(path, 'kms-keys.json');
    const { keys } = z.object({ keys: z.array(z.looseObject({ alias: z.string() })) }).parse(read(file));
    const older = keys.filter(({ alias }) => alias !== localKeys.TELEGRAM_TOKENS_KEY);
    writeFileSync(file, JSON.stringify({ keys: older }));
    const newer = await startKms({ port: 0, dataDir: path });
    const { KeyMetadata } = await clientOf(newer.url).send(
      new DescribeKeyCommand({ KeyId: localKeys.TELEGRAM_TOKENS_KEY }),
    );
    await newer.stop();
    expect(KeyMetadata?.KeyUsage).toBe('ENCRYPT_DECRYPT');
    expect(read(file)).toMatchObject({ keys: [...older, { id: KeyMetadata?.KeyId }] });
  });

  it('finds a key by alias, id and both ARNs', async () => {
    const client = clientOf(kms.url);
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: sessions }));
    expect(KeyMetadata).toMatchObject({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256', KeyState: 'Enabled' });
    const aliasArn = KeyMetadata?.Arn?.replace(/key\/.*/, sessions);
    for (const KeyId of [KeyMetadata?.KeyId, KeyMetadata?.Arn, aliasArn])
      expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toEqual(KeyMetadata);
  });

  it('takes the encryption context in any order, and refuses any other text', async () => {
    const client = clientOf(kms.url);
    const sealed = await client.send(
      new EncryptCommand({ KeyId: codes, Plaintext: text('x'), EncryptionContext: { company: 'A', purpose: 'p' } }),
    );
    const open = (EncryptionContext?: Record<string, string>) =>
      client.send(
        new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, ...(EncryptionContext && { EncryptionContext }) }),
      );
    expect((await open({ purpose: 'p', company: 'A' })).Plaintext).toEqual(text('x'));
    for (const wrong of [
      { company: 'B', purpose: 'p' },
      { company: 'A' },
      { company: 'A', purpose: 'p', more: '' },
      undefined,
    ])
      await expect(open(wrong)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it('signs digests and messages so that OpenSSL verifies them', async () => {
    const client = clientOf(kms.url);
    const { PublicKey = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId: sessions }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    for (let i = 0; i < 40; i += 1) {
      const message = text(`message ${i}`);
      const form =
        i % 2 === 0
          ? ({ Message: createHash('sha256').update(message).digest(), MessageType: 'DIGEST' } as const)
          : ({ Message: message, MessageType: 'RAW' } as const);
      const { Signature = new Uint8Array() } = await client.send(
        new SignCommand({ KeyId: sessions, SigningAlgorithm: 'ECDSA_SHA_256', ...form }),
      );
      expect(verify('sha256', message, { key, dsaEncoding: 'der' }, Signature)).toBe(true);
      expect(verify('sha256', text('other'), { key, dsaEncoding: 'der' }, Signature)).toBe(false);
    }
  });

  it('refuses as KMS does', async () => {
    const client = clientOf(kms.url);
    const sign = { KeyId: sessions, Message: text('x'), SigningAlgorithm: 'ECDSA_SHA_256' } as const;
    const refusals: [Promise<unknown>, string][] = [
      [client.send(new SignCommand({ ...sign, KeyId: codes })), 'InvalidKeyUsageException'],
      [client.send(new SignCommand({ ...sign, SigningAlgorithm: 'RSASSA_PSS_SHA_256' })), 'InvalidKeyUsageException'],
      [client.send(new SignCommand({ ...sign, MessageType: 'DIGEST' })), 'ValidationException'],
      [client.send(new EncryptCommand({ KeyId: sessions, Plaintext: text('x') })), 'InvalidKeyUsageException'],
      [client.send(new EncryptCommand({ KeyId: codes, Plaintext: text('') })), 'ValidationException'],
      [client.send(new EncryptCommand({ KeyId: codes, Plaintext: new Uint8Array(4097) })), 'ValidationException'],
      [client.send(new EncryptCommand({ KeyId: 'alias/nobody', Plaintext: text('x') })), 'NotFoundException'],
      [client.send(new GetPublicKeyCommand({ KeyId: codes })), 'UnsupportedOperationException'],
      [client.send(new DecryptCommand({ CiphertextBlob: text('garbage') })), 'InvalidCiphertextException'],
    ];
    for (const [call, name] of refusals) await expect(call, name).rejects.toMatchObject({ name });
    const raw = (target: string, body: string) =>
      fetch(kms.url, { method: 'POST', headers: { 'x-amz-target': target }, body }).then((r) => r.json());
    expect(await raw('TrentService.toString', '{}')).toMatchObject({ __type: 'UnknownOperationException' });
    expect(await raw('TrentService.Encrypt', '{')).toMatchObject({ __type: 'SerializationException' });
    expect(await raw('TrentService.Encrypt', `{"a":"${'x'.repeat(70_000)}"}`)).toMatchObject({
      __type: 'ValidationException',
    });
  });

  it('counts its calls by operation', async () => {
    const before = kms.calls()['DescribeKey'] ?? 0;
    await clientOf(kms.url).send(new DescribeKeyCommand({ KeyId: codes }));
    expect(kms.calls()['DescribeKey']).toBe(before + 1);
  });

  it('says in one sentence why it cannot start', async () => {
    const port = Number(new URL(kms.url).port);
    await expect(startKms({ port, dataDir: folder.path })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining(`Port ${port} for the KMS endpoint is already taken`),
    });
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    await expect(startKms({ port: 0, dataDir: join(file, 'data') })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('cannot be written to'),
    });
    const damaged = scratchFolder();
    writeFileSync(join(damaged, 'kms-keys.json'), '{"keys":[{"secret":"c2VjcmV0"}]}');
    const refused = startKms({ port: 0, dataDir: damaged });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('damaged') });
    await expect(refused).rejects.not.toThrow('c2VjcmV0');
    expect(readFileSync(join(damaged, 'kms-keys.json'), 'utf8')).toContain('c2VjcmV0');
  });
});
