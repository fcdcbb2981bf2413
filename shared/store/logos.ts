import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ClientSettings } from '../platform/aws.ts';

/** Companies' logos in the object store, by their file names. What a company shows is said by its item, not here. */
export class LogoStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(settings: ClientSettings, bucket: string) {
    // An endpoint on this machine has no host name for each bucket.
    this.#client = new S3Client({ ...settings, forcePathStyle: 'endpoint' in settings });
    this.#bucket = bucket;
  }

  async put(name: string, bytes: Uint8Array, type: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#at(name), Body: bytes, ContentType: type }));
  }

  async find(name: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(name)));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** No error for one that is gone already. */
  async remove(name: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(name)));
  }

  #at(name: string) {
    return { Bucket: this.#bucket, Key: `logos/${name}` };
  }
}
