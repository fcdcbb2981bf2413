import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { type Stage, startStage } from '../../stage/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('the documentation', () => {
  it('is a page whose every file is served from here', async () => {
    const { status, headers, body } = await stage.call('GET', '/docs');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' });
    expect(body).not.toMatch(/https?:\/\//);
    const named = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) expect([path, (await stage.call('GET', path)).status]).toEqual([path, 200]);
  });

  it('runs no script that stands in the page, and asks nobody else', async () => {
    const { headers, body } = await stage.call('GET', '/docs');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';.*connect-src 'self'/);
    expect(body).not.toMatch(/<script>| on\w+=/);
  });

  it.each([
    ['swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
    ['explorer.js', 'text/javascript; charset=utf-8', "url: '/openapi.json'"],
    ['favicon-32x32.png', 'image/png', 'PNG'],
  ])('has %s as %s', async (asset, type, part) => {
    const { status, headers, body } = await stage.call('GET', `/docs/${asset}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'x-content-type-options': 'nosniff' });
    expect(headers['cache-control']).toMatch(/^public, max-age=\d+$/);
    expect(Buffer.from(body).toString('latin1')).toContain(part);
  });

  it.each(['index.html', 'swagger-ui.js', '..%2fpackage.json', '%2e%2e%2f%2e%2e%2fpackage.json', 'constructor'])(
    'has no file %s',
    async (asset) => {
      const { status, body } = await stage.call('GET', `/docs/${asset}`);
      expect({ status, body }).toEqual({ status: 404, body: { detail: 'Not Found' } });
    },
  );

  it('is found at the reference`s other address too', async () => {
    expect(await stage.call('GET', '/redoc')).toMatchObject({ status: 307, headers: { location: '/docs' } });
  });

  it('shows the description that anybody may read', async () => {
    const { status, headers, body } = await stage.call('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    const operations = Object.values(body.paths).flatMap((path) => Object.keys(path as object));
    expect(operations).toHaveLength(routes.length - 1);
  });
});
