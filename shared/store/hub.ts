import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from '../platform/aws.ts';

/** What the deployment and its WireGuard hub tell each other, in a bucket that nobody else reaches. */
export class Hub {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(settings: ClientSettings, bucket: string) {
    // An endpoint on this machine has no host name for each bucket.
    this.#client = new S3Client({ ...settings, forcePathStyle: 'endpoint' in settings });
    this.#bucket = bucket;
  }

  /** @param text as `onboarding/peers.ts` writes it; the hub takes it within half a minute */
  async tellPeers(text: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: 'peers', Body: text, ContentType: 'text/plain' }),
    );
  }

  /** The public half of the hub's key, which it tells when it is up for the first time; undefined before. */
  async publicKey(): Promise<string | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: 'public-key' }));
      return (await Body?.transformToString())?.trim();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}
