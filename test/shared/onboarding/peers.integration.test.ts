import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peersText } from '#shared/onboarding/peers.ts';
import { clientSettings } from '#shared/platform/aws.ts';
import { readConfig } from '#shared/platform/config.ts';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';

const BUCKET = 'hub';
const KEYS = ['aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=', 'b3RoZXIgc3RhbmQgdGhpcnR5LXR3byBieXRlcyBvayE='];

let market: Market;
beforeAll(async () => {
  market = await startMarket({
    config: { TUNNEL_RANGE: '10.66.0.0/16', TUNNEL_ENDPOINT: '203.0.113.7:51820', HUB_BUCKET: BUCKET },
  });
  await fetch(`${market.endpoints.s3}/${BUCKET}`, { method: 'PUT' });
});
afterAll(() => market.stop());

/** What the hub would fetch now; undefined when it was never told. */
async function told(): Promise<string | undefined> {
  const client = new S3Client({ ...clientSettings(market.endpoints.s3, readConfig({})), forcePathStyle: true });
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'peers' }));
    return await Body?.transformToString();
  } catch {
    return undefined;
  }
}

async function register({ companyId, routerId }: Shop, clave_publica: string | undefined): Promise<string> {
  const { status, body } = await market.call('POST', `/admin/empresas/${companyId}/routers/${routerId}/wireguard`, {
    headers: await market.stage.asSuperAdmin(),
    body: { clave_publica },
  });
  expect(status).toBe(200);
  return body.direccion_tunel;
}

it('the list that a hub takes says how many it has, and where it ends', () => {
  const peers = [{ tunnelPublicKey: KEYS[0] ?? '', tunnelAddress: '10.66.0.2' }];
  expect(peersText(peers)).toBe(`peers 1\n${KEYS[0]} 10.66.0.2\nend\n`);
  expect(peersText([])).toBe('peers 0\nend\n');
});

describe('the hub', () => {
  it('is told who may dial in by the next sweep, and of nobody who was deleted', async () => {
    expect(await told()).toBeUndefined();
    const [first, second] = [await market.openShop(), await market.openShop()];
    const addresses = [await register(first, KEYS[0]), await register(second, KEYS[1])];
    await market.later(1_000);
    expect((await told())?.split('\n').toSorted()).toEqual(
      ['', 'end', 'peers 2', `${KEYS[0]} ${addresses[0]}`, `${KEYS[1]} ${addresses[1]}`].toSorted(),
    );

    const headers = await market.stage.asSuperAdmin();
    const admin = await market.stage.asCompanyAdmin(first.companyId);
    await market.call('DELETE', `/api/v1/admin/products/${first.productId}`, { headers: admin });
    const removed = await market.call('DELETE', `/admin/empresas/${first.companyId}/routers/${first.routerId}`, {
      headers,
    });
    expect(removed.status).toBe(200);
    await market.later(1_000);
    expect(await told()).toBe(`peers 1\n${KEYS[1]} ${addresses[1]}\nend\n`);
  });

  it('is told again a minute later, and each day, so that a lost telling is mended', async () => {
    await market.call('GET', '/health');
    const untold = async () => {
      await fetch(`${market.endpoints.s3}/${BUCKET}/peers`, { method: 'DELETE' });
      expect(await told()).toBeUndefined();
    };
    await untold();
    await market.later(61_000);
    expect(await told()).toContain('peers 1');
    await untold();
    await market.later(60 * 60_000);
    expect(await told()).toBeUndefined();
    await market.later(24 * 60 * 60_000);
    expect(await told()).toContain('peers 1');
  });
});
