import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peersText } from '#shared/onboarding/peers.ts';
import { clientSettings } from '#shared/platform/aws.ts';
import { readConfig } from '#shared/platform/config.ts';
import { type Market, type Shop, startMarket } from '../../stage/market.ts';

const BUCKET = 'hub';
const KEYS = ['aGVyZSBzdGFuZCB0aGlydHktdHdvIGJ5dGVzIG9rIQk=', 'b3RoZXIgc3RhbmQgdGhpcnR5LXR3byBieXRlcyBvayE='];
const LATE_KEY = 'Zm91cnRoIGtleSBpcyB0aGlydHkgdHdvIGJ5dGVzISE=';

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

async function removeShop({ companyId, routerId, productId }: Shop): Promise<void> {
  const admin = await market.stage.asCompanyAdmin(companyId);
  await market.call('DELETE', `/api/v1/admin/products/${productId}`, { headers: admin });
  const headers = await market.stage.asSuperAdmin();
  const removed = await market.call('DELETE', `/admin/empresas/${companyId}/routers/${routerId}`, { headers });
  expect(removed.status).toBe(200);
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

    await removeShop(first);
    await market.later(1_000);
    expect(await told()).toBe(`peers 1\n${KEYS[1]} ${addresses[1]}\nend\n`);
  });

  it('knows a key as one router`s: nobody takes another`s place by its public half', async () => {
    const [first, second] = [await market.openShop(), await market.openShop()];
    const key = 'dGhpcmQgc3RhbmQgdGhpcnR5LXR3byBieXRlcyBvayE=';
    await register(first, key);
    const path = `/admin/empresas/${second.companyId}/routers/${second.routerId}/wireguard`;
    const headers = await market.stage.asSuperAdmin();
    const asSecond = (clave_publica: string) => market.call('POST', path, { headers, body: { clave_publica } });
    expect(await asSecond(key)).toMatchObject({
      status: 409,
      body: { detail: 'Esa clave pública ya es de otro router.' },
    });
    // The same again, and another one, are its own to say; what it leaves is free.
    await register(first, key);
    await register(first, KEYS[0]);
    expect((await asSecond(key)).status).toBe(200);
    for (const shop of [first, second]) await removeShop(shop);
    await market.later(1_000);
  });

  it('never hears of a router that was deleted while its key was on its way', async () => {
    const shop = await market.openShop();
    const { routers, tunnelPeers } = market.stage.services;
    const read = await routers.find(shop.companyId, shop.routerId);
    if (!read) throw new Error('The shop has no router');
    const end = { address: '10.66.0.99', publicKey: LATE_KEY };
    await removeShop(shop);
    expect(await routers.enterTunnel(read, end)).toBe('edited');
    expect((await tunnelPeers.list()).filter(({ tunnelPublicKey }) => tunnelPublicKey === LATE_KEY)).toEqual([]);
  });

  it('lets a deleted router`s key go, though it came after the router was read', async () => {
    const shop = await market.openShop();
    const { routers } = market.stage.services;
    const read = await routers.find(shop.companyId, shop.routerId);
    if (!read) throw new Error('The shop has no router');
    await register(shop, LATE_KEY);
    expect(await routers.remove(read, market.stage.clock.now())).toBe(false);
    await removeShop(shop);
    const next = await market.openShop();
    await register(next, LATE_KEY);
    await removeShop(next);
    await market.later(1_000);
  });

  it('is told again a minute later, and each day, so that a lost telling is mended', async () => {
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
