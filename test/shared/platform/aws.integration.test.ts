import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '#shared/local/loopback-port.ts';
import { createAwsClients } from '#shared/local/aws-clients.ts';
import { readConfig } from '#shared/platform/config.ts';

async function endpoint(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return listenOnLoopback(server, 0, 'a test');
}

const describeKey = new DescribeKeyCommand({ KeyId: 'alias/x' });

describe('the AWS clients', () => {
  it('are made once each, and only when asked for', () => {
    const clients = createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:1' }));
    expect(clients.kms).toBe(clients.kms);
    expect(clients.dynamo).toBe(clients.dynamo);
    expect(clients.sqs).toBe(clients.sqs);
  });

  it('need no account for an endpoint on this machine, and use none they find', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const url = await endpoint((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    await createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: url })).kms.send(describeKey);
    await createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: url, AWS_PROFILE: 'expired' })).kms.send(describeKey);
    for (const { authorization } of seen) expect(authorization).toMatch(/Credential=sandbox\/\d+\/us-east-1\/kms\//);
    expect(seen).toHaveLength(2);
  });

  it('leave the account to the SDK for an endpoint elsewhere when there is one', async () => {
    const elsewhere = { AWS_ENDPOINT_URL_KMS: 'https://kms.example.com' };
    const accountOf = (config: Record<string, string>) =>
      createAwsClients(readConfig(config))
        .kms.config.credentials()
        .then((found) => found.accessKeyId)
        .catch(() => 'none found');
    expect(await accountOf(elsewhere)).toBe('sandbox');
    expect(await accountOf({ ...elsewhere, AWS_ACCESS_KEY_ID: 'AKIAREAL' })).not.toBe('sandbox');
  });

  it('give up on an endpoint that never answers, after three attempts of their own request time', async () => {
    let attempts = 0;
    const url = await endpoint(() => (attempts += 1));
    const { kms } = createAwsClients(readConfig({ AWS_ENDPOINT_URL_KMS: url }));
    await expect(kms.send(describeKey, { requestTimeout: 20 })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(attempts).toBe(3);
  });
});
