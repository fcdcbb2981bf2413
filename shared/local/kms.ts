import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import { type LocalKey, loadKeys } from './kms-keys.ts';
import { listenOnLoopback } from './loopback-port.ts';
import { signDigest } from './p256.ts';

type EncryptionKey = Extract<LocalKey, { usage: 'ENCRYPT_DECRYPT' }>;
type SigningKey = Extract<LocalKey, { usage: 'SIGN_VERIFY' }>;

export interface LocalKms {
  readonly url: string;
  /** How often each operation was called, refused calls included. */
  calls(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/**
 * AWS KMS for one machine: the five operations we use, in AWS JSON 1.1, with KMS's own refusals. Signatures of requests
 * are not checked: whoever reaches this port may use the keys, so it listens on loopback only.
 *
 * @param port 0 picks a free one
 * @param dataDir folder of the key file; the same folder opens later what was sealed earlier
 * @throws StartError when the port is taken or the folder not writable
 */
export async function startKms({ port, dataDir }: { port: number; dataDir: string }): Promise<LocalKms> {
  const keys = loadKeys(dataDir);
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target'] ?? '').replace('TrentService.', '');
    void answer(keys, operation, request)
      .catch((error: unknown) =>
        error instanceof KmsRefusal
          ? { status: 400, body: { __type: error.type, message: error.message } }
          : { status: 500, body: { __type: 'KMSInternalException', message: 'The request failed inside.' } },
      )
      .then(({ status, body }) => {
        if (Object.hasOwn(operations, operation)) counts.set(operation, (counts.get(operation) ?? 0) + 1);
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })
          .end(JSON.stringify(body));
      });
  });
  const url = await listenOnLoopback(server, port, 'the KMS endpoint');
  return {
    url,
    calls: () => Object.fromEntries(counts),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class KmsRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const MAX_BODY_BYTES = 64 * 1024;
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const upTo4096 = bytes.refine((value) => value.length >= 1 && value.length <= 4096);
const encryptionContext = z.record(z.string(), z.string()).default({});

/** An operation: what it takes, and what it does with it. */
function operation<T>(input: z.ZodType<T>, run: (keys: readonly LocalKey[], input: T) => object) {
  return (keys: readonly LocalKey[], body: unknown) => {
    const parsed = input.safeParse(body);
    if (!parsed.success) {
      const members = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
      throw new KmsRefusal('ValidationException', `Not valid: ${members}`);
    }
    return run(keys, parsed.data);
  };
}

const operations = {
  Encrypt: operation(
    z.object({ KeyId: z.string(), Plaintext: upTo4096, EncryptionContext: encryptionContext }),
    (keys, input) => {
      const key = encryptionKey(keys, input.KeyId);
      return {
        KeyId: arn(key),
        CiphertextBlob: encrypt(key, input.Plaintext, input.EncryptionContext).toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
  ),
  Decrypt: operation(
    z.object({ KeyId: z.string().optional(), CiphertextBlob: bytes, EncryptionContext: encryptionContext }),
    (keys, input) => {
      const sealedBy = keys.find((key) => key.id === keyIdIn(input.CiphertextBlob));
      const named = input.KeyId === undefined ? undefined : encryptionKey(keys, input.KeyId);
      if (sealedBy?.usage !== 'ENCRYPT_DECRYPT') throw invalidCiphertext();
      if (named !== undefined && named !== sealedBy)
        throw new KmsRefusal('IncorrectKeyException', 'The key in the request did not encrypt this ciphertext.');
      return {
        KeyId: arn(sealedBy),
        Plaintext: decrypt(sealedBy, input.CiphertextBlob, input.EncryptionContext).toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
  ),
  Sign: operation(
    z.object({
      KeyId: z.string(),
      Message: upTo4096,
      MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
      SigningAlgorithm: z.string(),
    }),
    (keys, input) => {
      const key = signingKey(keys, input.KeyId);
      if (input.SigningAlgorithm !== 'ECDSA_SHA_256')
        throw new KmsRefusal('InvalidKeyUsageException', 'This key signs with ECDSA_SHA_256 only.');
      if (input.MessageType === 'DIGEST' && input.Message.length !== 32)
        throw new KmsRefusal('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.');
      const digest =
        input.MessageType === 'DIGEST' ? input.Message : createHash('sha256').update(input.Message).digest();
      return {
        KeyId: arn(key),
        Signature: signDigest(digest, key.scalar).toString('base64'),
        SigningAlgorithm: 'ECDSA_SHA_256',
      };
    },
  ),
  GetPublicKey: operation(z.object({ KeyId: z.string() }), (keys, input) => {
    const key = findKey(keys, input.KeyId);
    if (key.usage !== 'SIGN_VERIFY')
      throw new KmsRefusal('UnsupportedOperationException', 'A symmetric key has no public key.');
    return {
      KeyId: arn(key),
      PublicKey: key.publicKey.toString('base64'),
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: key.usage,
      SigningAlgorithms: ['ECDSA_SHA_256'],
    };
  }),
  DescribeKey: operation(z.object({ KeyId: z.string() }), (keys, input) => {
    const key = findKey(keys, input.KeyId);
    return {
      KeyMetadata: {
        KeyId: key.id,
        Arn: arn(key),
        Enabled: true,
        KeyState: 'Enabled',
        KeyUsage: key.usage,
        KeySpec: key.usage === 'SIGN_VERIFY' ? 'ECC_NIST_P256' : 'SYMMETRIC_DEFAULT',
        KeyManager: 'CUSTOMER',
        Origin: 'AWS_KMS',
      },
    };
  }),
};

async function answer(keys: readonly LocalKey[], name: string, request: IncomingMessage) {
  const body = await readJson(request);
  const run = Object.entries(operations).find(([known]) => known === name)?.[1];
  if (!run) throw new KmsRefusal('UnknownOperationException', 'This endpoint does not know the operation.');
  return { status: 200, body: run(keys, body) };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator()) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new KmsRefusal('ValidationException', 'The request is too large.');
    chunks.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new KmsRefusal('SerializationException', 'The request is not JSON.');
  }
}

const KEY_PREFIX = 'arn:aws:kms:us-east-1:000000000000:';
const arn = (key: LocalKey): string => `${KEY_PREFIX}key/${key.id}`;

/** A key is named by its id, its alias, or the ARN of either. */
function findKey(keys: readonly LocalKey[], name: string): LocalKey {
  const short = name.startsWith(KEY_PREFIX) ? name.slice(KEY_PREFIX.length).replace(/^key\//, '') : name;
  const key = keys.find(({ id, alias }) => id === short || alias === short);
  if (!key) throw new KmsRefusal('NotFoundException', 'There is no such key.');
  return key;
}

function encryptionKey(keys: readonly LocalKey[], name: string): EncryptionKey {
  const key = findKey(keys, name);
  if (key.usage === 'ENCRYPT_DECRYPT') return key;
  throw new KmsRefusal('InvalidKeyUsageException', `${arn(key)} key usage is SIGN_VERIFY, not ENCRYPT_DECRYPT.`);
}

function signingKey(keys: readonly LocalKey[], name: string): SigningKey {
  const key = findKey(keys, name);
  if (key.usage === 'SIGN_VERIFY') return key;
  throw new KmsRefusal('InvalidKeyUsageException', `${arn(key)} key usage is ENCRYPT_DECRYPT, not SIGN_VERIFY.`);
}

/** A sealed blob: key id (36 characters), nonce, tag, ciphertext. The encryption context is authenticated, not stored. */
const ID_BYTES = 36;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = ID_BYTES + NONCE_BYTES + TAG_BYTES;

const keyIdIn = (blob: Buffer): string => blob.toString('latin1', 0, ID_BYTES);
const invalidCiphertext = () => new KmsRefusal('InvalidCiphertextException', 'The ciphertext cannot be opened.');

/** The order of the pairs does not matter, their exact text does. */
function authenticatedData(context: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}

function encrypt(key: EncryptionKey, plaintext: Buffer, context: Readonly<Record<string, string>>): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(authenticatedData(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id, 'latin1'), nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(key: EncryptionKey, blob: Buffer, context: Readonly<Record<string, string>>): Buffer {
  if (blob.length <= HEADER_BYTES) throw invalidCiphertext();
  const nonce = blob.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(blob.subarray(ID_BYTES + NONCE_BYTES, HEADER_BYTES)).setAAD(authenticatedData(context));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEADER_BYTES)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}
