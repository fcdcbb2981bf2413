import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOGOS_BUCKET, type LocalObjects, startObjects } from '#shared/local/objects.ts';
import { clientSettings } from '#shared/platform/aws.ts';
import { readConfig } from '#shared/platform/config.ts';
import { LogoStore } from '#shared/store/logos.ts';
import { makeFolder } from '../../stage/scratch-folder.ts';

const folder = makeFolder();
let objects: LocalObjects;
beforeAll(async () => {
  objects = await startObjects({ port: 0, dataDir: folder.path });
});
afterAll(async () => {
  await objects.stop();
  folder.remove();
});

const store = (bucket = LOGOS_BUCKET) => new LogoStore(clientSettings(objects.url, readConfig({})), bucket);

describe('the S3 endpoint', () => {
  it('keeps objects apart by their keys, and forgets what is deleted', async () => {
    await store().put('a.png', Buffer.from([0, 10, 13, 255]), 'image/png');
    await store().put('b.png', Buffer.from('another'), 'image/png');
    await store().put('b.png', Buffer.from('the other'), 'image/png');
    expect(await store().find('a.png')).toEqual(new Uint8Array([0, 10, 13, 255]));
    await store().remove('a.png');
    await store().remove('a.png');
    expect(await store().find('a.png')).toBeUndefined();
    expect(Buffer.from((await store().find('b.png')) ?? []).toString()).toBe('the other');
  });

  it('has them after a restart', async () => {
    await store().put('kept.png', Buffer.from('kept'), 'image/png');
    await objects.stop();
    objects = await startObjects({ port: 0, dataDir: folder.path });
    expect(Buffer.from((await store().find('kept.png')) ?? []).toString()).toBe('kept');
    const { headers } = await fetch(`${objects.url}/${LOGOS_BUCKET}/logos/kept.png`);
    expect(headers.get('content-type')).toBe('image/png');
  });

  it('takes no key for a path', async () => {
    await store().put('../../escaped', Buffer.from('kept'), 'image/png');
    expect(Buffer.from((await store().find('../../escaped')) ?? []).toString()).toBe('kept');
  });

  it('has one bucket', async () => {
    await expect(store('other').find('kept.png')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});
