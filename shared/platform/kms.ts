import {
  DecryptCommand,
  type DecryptCommandInput,
  EncryptCommand,
  type EncryptCommandInput,
  GetPublicKeyCommand,
  type GetPublicKeyCommandInput,
  KMSClient,
  SignCommand,
  type SignCommandInput,
} from '@aws-sdk/client-kms';
import { clientSettings } from './aws.ts';
import type { Config } from './config.ts';

export const kmsClient = (config: Config): KMSClient =>
  new KMSClient(clientSettings(config.AWS_ENDPOINT_URL_KMS, config));

/** All that functions ask of KMS. A file of its own, so that it can be loaded by those that ask. */
export class Kms {
  readonly #client: KMSClient;

  constructor(client: KMSClient) {
    this.#client = client;
  }

  encrypt(input: EncryptCommandInput) {
    return this.#client.send(new EncryptCommand(input));
  }

  decrypt(input: DecryptCommandInput) {
    return this.#client.send(new DecryptCommand(input));
  }

  sign(input: SignCommandInput) {
    return this.#client.send(new SignCommand(input));
  }

  getPublicKey(input: GetPublicKeyCommandInput) {
    return this.#client.send(new GetPublicKeyCommand(input));
  }
}
