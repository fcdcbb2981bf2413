import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientSettings } from '#shared/platform/aws.ts';
import { readConfig } from '#shared/platform/config.ts';
import { Logger } from '#shared/platform/logger.ts';
import { LOGOS_BUCKET } from '#shared/local/objects.ts';
import { CompanyStore } from '#shared/store/companies.ts';
import { LogoStore } from '#shared/store/logos.ts';
import { judgePicture, replaceLogo } from '#shared/tenants/logo.ts';
import { formOf } from '../../stage/form.ts';
import { type Headers, type Stage, startStage } from '../../stage/stage.ts';
import { addCompany } from '../../stage/tenants.ts';

const PATH = '/api/v1/admin/mi-empresa/logo';
const PNG = Buffer.concat([Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), Buffer.from('a picture')]);
const JPEG = Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from('a picture')]);
const WEBP = Buffer.from('RIFF\x10\0\0\0WEBPVP8 a picture', 'latin1');

let stage: Stage;
let companyId: string;
let admin: Headers;
beforeAll(async () => {
  stage = await startStage();
});
beforeEach(async () => {
  companyId = await addCompany(stage);
  admin = await stage.asCompanyAdmin(companyId);
});
afterAll(() => stage.stop());

const upload = async (name: string, bytes: Uint8Array<ArrayBuffer> | Buffer, headers = admin) =>
  stage.call('POST', PATH, await formOf({ file: new File([new Uint8Array(bytes)], name) }, headers));
const shown = async () => (await stage.call('GET', '/api/v1/admin/mi-empresa', { headers: admin })).body.logo_url;
const get = (path: string) => stage.call('GET', path);
const NOT_FOUND = { status: 404, body: { detail: 'Not Found' } };

describe('a logo', () => {
  it.each([
    ['cafe.png', PNG, 'png', 'image/png'],
    ['CAFE.PNG', PNG, 'png', 'image/png'],
    ['cafe.del.centro.jpg', JPEG, 'jpg', 'image/jpeg'],
    ['cafe.jpeg', JPEG, 'jpeg', 'image/jpeg'],
    ['cafe.WebP', WEBP, 'webp', 'image/webp'],
  ])('%s is stored, shown by the company and served as it is', async (name, bytes, ending, type) => {
    const { status, body } = await upload(name, bytes);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'Logo actualizado correctamente',
      logo_url: expect.stringMatching(new RegExp(`^/static/logos/logo_${companyId}_[0-9a-f]{6}\\.${ending}$`)),
    });
    expect(await shown()).toBe(body.logo_url);
    const served = await get(body.logo_url);
    expect(served.status).toBe(200);
    expect(Buffer.compare(served.body, bytes)).toBe(0);
    expect(served.headers).toMatchObject({
      'content-type': type,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it.each([
    ['a page with a picture`s name', 'cafe.png', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a drawing that may run scripts', 'cafe.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a drawing with a picture`s name', 'cafe.webp', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['one picture with another`s name', 'cafe.jpg', PNG],
    ['a beginning that is no picture yet', 'cafe.png', PNG.subarray(0, 4)],
    ['a name without an ending', 'png', PNG],
    ['an ending that only contains one', 'cafe.png.html', PNG],
  ])('that is %s is refused', async (_what, name, bytes) => {
    expect(await upload(name, bytes)).toMatchObject({
      status: 400,
      body: { detail: 'Formato de imagen no permitido' },
    });
    expect(await shown()).toBeNull();
  });

  it('may have 2 MiB and not a byte more', async () => {
    const big = Buffer.alloc(2 * 1024 * 1024);
    PNG.copy(big);
    expect(await upload('cafe.png', big)).toMatchObject({ status: 200 });
    expect(await upload('cafe.png', Buffer.concat([big, Buffer.of(0)]))).toMatchObject({
      status: 413,
      body: { detail: 'La imagen no puede pesar más de 2 MB' },
    });
  });

  it('takes the place of the one before, which is gone', async () => {
    const { body: first } = await upload('cafe.png', PNG);
    const { body: second } = await upload('cafe.jpg', JPEG);
    expect(second.logo_url).not.toBe(first.logo_url);
    expect(await get(first.logo_url)).toMatchObject(NOT_FOUND);
    expect(await get(second.logo_url)).toMatchObject({ status: 200 });
  });

  it('is changed by its own company only', async () => {
    const { body } = await upload('cafe.png', PNG);
    const other = await stage.asCompanyAdmin(await addCompany(stage));
    await upload('otro.png', PNG, other);
    expect(await shown()).toBe(body.logo_url);
    expect(await get(body.logo_url)).toMatchObject({ status: 200 });
    expect(await upload('cafe.png', PNG, await stage.asSuperAdmin())).toMatchObject({ status: 403 });
    expect(await upload('cafe.png', PNG, {})).toMatchObject({ status: 403 });
  });
});

describe('a form', () => {
  const MISSING = { type: 'missing', loc: ['body', 'file'], msg: 'Field required' };
  const MALFORMED = { type: 'value_error', loc: ['body'], msg: 'Form decode error' };
  const NO_FILE = { type: 'value_error', loc: ['body', 'file'], msg: 'Input should be a file that is not empty' };
  const multipart = { 'content-type': 'multipart/form-data; boundary=----form5e1f' };

  it.each<[string, Headers, string | Buffer | undefined, object]>([
    ['nothing at all', {}, undefined, MISSING],
    ['JSON', { 'content-type': 'application/json' }, '{"file":"x"}', MALFORMED],
    ['no boundary', { 'content-type': 'multipart/form-data' }, Buffer.from('------form5e1f--\r\n'), MALFORMED],
    [
      'an end too soon',
      multipart,
      Buffer.from('------form5e1f\r\nContent-Disposition: form-data; name="file"'),
      MALFORMED,
    ],
    ['bytes of any kind', multipart, Buffer.of(0, 255, 13, 10), MALFORMED],
    ['another field', multipart, part('name="logo"; filename="a.png"', 'x'), MISSING],
    ['a text', multipart, part('name="file"', 'x'), NO_FILE],
    ['an empty file', multipart, part('name="file"; filename="a.png"', ''), NO_FILE],
  ])('of %s is not valid, and no fault of ours', async (_what, headers, body, entry) => {
    const answer = await stage.call('POST', PATH, {
      headers: { ...admin, ...headers },
      ...(body !== undefined && { body }),
    });
    expect(answer).toMatchObject({ status: 422, body: { detail: [entry] } });
  });

  function part(disposition: string, content: string): Buffer {
    return Buffer.from(
      `------form5e1f\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n------form5e1f--\r\n`,
    );
  }
});

describe('the folder of logos', () => {
  it.each([
    '/static/logos/logo_EMP_0000000000_a1b2c3.png',
    '/static/logos/logo_EMP_0000000000_a1b2c3.svg',
    '/static/logos/..%2f..%2fpackage.json',
    '/static/logos/..%2flogos%2flogo_EMP_0000000000_a1b2c3.png',
    '/static/logos/%00',
    `/static/logos/${'a'.repeat(100)}`,
    '/static/logos',
    '/static/logos/a/b.png',
    '/static/other.css',
    '/static',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await get(path);
    expect({ status, body }).toEqual(NOT_FOUND);
  });
});

describe('what is lost on the way', () => {
  const logger = new Logger({ now: () => 0 }, 'SILENT');
  const picture = judgePicture('cafe.png', PNG);

  const storeLike = (Store: typeof LogoStore) => {
    const { AWS_ENDPOINT_URL_S3 } = stage.config;
    return new Store(clientSettings(AWS_ENDPOINT_URL_S3, readConfig({ AWS_ENDPOINT_URL_S3 })), LOGOS_BUCKET);
  };

  it('costs one of two uploads at once its picture, and not more', async () => {
    const both = Promise.withResolvers<void>();
    let stored: string[] = [];
    class Crowd extends LogoStore {
      override async put(name: string, bytes: Uint8Array, type: string): Promise<void> {
        await super.put(name, bytes, type);
        stored = [...stored, name];
        if (stored.length === 2) both.resolve();
        await both.promise;
      }
    }
    const parts = { companies: stage.services.companies, logos: storeLike(Crowd), logger };
    const ends = await Promise.allSettled([1, 2].map(() => replaceLogo(parts, companyId, picture)));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'logo-changed-meanwhile' },
    });
    const served = await Promise.all(stored.map(async (name) => [name, (await get(`/static/logos/${name}`)).status]));
    const [winner] = served.filter(([, status]) => status === 200);
    expect(served.map(([, status]) => status).toSorted()).toEqual([200, 404]);
    expect(await shown()).toBe(`/static/logos/${winner?.[0]}`);
  });

  it('is no failure when it was only the answer: the new logo stays', async () => {
    class Deaf extends CompanyStore {
      override async replaceLogo(...change: Parameters<CompanyStore['replaceLogo']>): Promise<boolean> {
        await super.replaceLogo(...change);
        // The SDK sends it again, and the second one finds the first one's work.
        return super.replaceLogo(...change);
      }
    }
    const companies = new Deaf(stage.services.table);
    const url = await replaceLogo({ companies, logos: storeLike(LogoStore), logger }, companyId, picture);
    expect(await shown()).toBe(url);
    expect(await get(url)).toMatchObject({ status: 200 });
  });

  it('leaves the old logo in force when the write may not have arrived', async () => {
    const { body: before } = await upload('cafe.png', PNG);
    class Mute extends CompanyStore {
      override replaceLogo(): Promise<boolean> {
        return Promise.reject(new Error('no answer'));
      }
    }
    const companies = new Mute(stage.services.table);
    const trying = replaceLogo({ companies, logos: storeLike(LogoStore), logger }, companyId, picture);
    await expect(trying).rejects.toThrow('no answer');
    expect(await shown()).toBe(before.logo_url);
    expect(await get(before.logo_url)).toMatchObject({ status: 200 });
  });

  it('is the old picture`s removal at worst, which nobody has to know', async () => {
    await upload('cafe.png', PNG);
    class Sticky extends LogoStore {
      override remove(): Promise<void> {
        return Promise.reject(new Error('no answer'));
      }
    }
    const parts = { companies: stage.services.companies, logos: storeLike(Sticky), logger };
    expect(await replaceLogo(parts, companyId, picture)).toBe(await shown());
  });
});
