import { describe, expect, it } from 'vitest';
import { routes } from '#shared/http/routes.ts';
import { judgeUnrouted } from '#shared/http/unrouted.ts';

describe('the table of routes', () => {
  it('has each id, and each method with its path, once', () => {
    expect(new Set(routes.map((row) => row.id)).size).toBe(routes.length);
    expect(new Set(routes.map((row) => `${row.method} ${row.path}`)).size).toBe(routes.length);
  });

  it.each(routes.filter((row) => row.auth === 'api-key').map((row) => [row.id, row] as const))(
    '%s can tell a forged key from a revoked one',
    (_id, row) => expect(row.needs).toEqual(expect.arrayContaining(['table', 'api-keys:verify'])),
  );

  it('lets nothing but the worker open router credentials', () => {
    expect(routes.filter((row) => row.needs.includes('router-credentials:open'))).toEqual([]);
  });

  it('gives up before API Gateway does', () => {
    for (const row of routes) expect(row.timeoutSeconds).toBeLessThan(30);
  });
});

describe('a request that no row takes', () => {
  it.each([
    ['GET', '/nowhere', { kind: 'unknown' }],
    ['GET', '/', { kind: 'wrong-method' }],
    ['DELETE', '/health', { kind: 'wrong-method' }],
    ['GET', '/health/', { kind: 'trailing-slash', location: '/health?a=1' }],
    ['GET', '//evil.example/', { kind: 'unknown' }],
    [
      'GET',
      '/admin/empresas/EMP_1/routers/',
      { kind: 'trailing-slash', location: '/admin/empresas/EMP_1/routers?a=1' },
    ],
    ['GET', '/a.dmin/empresas', { kind: 'unknown' }],
  ])('%s %s', (method, path, verdict) => {
    expect(judgeUnrouted(method, path, 'a=1')).toEqual(verdict);
  });
});
