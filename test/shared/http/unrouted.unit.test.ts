import { expect, it } from 'vitest';
import { judgeUnrouted } from '#shared/http/unrouted.ts';

it('a path with a slash too many is sent to the one without, its query kept', () => {
  expect(judgeUnrouted('GET', '/health/', 'a=1')).toEqual({ kind: 'trailing-slash', location: '/health?a=1' });
  expect(judgeUnrouted('GET', '/admin/usuarios/7//', '')).toEqual({
    kind: 'trailing-slash',
    location: '/admin/usuarios/7',
  });
});

it('a redirect is never to another host and never carries a line end', () => {
  expect(judgeUnrouted('GET', '//health/', '')).toEqual({ kind: 'unknown' });
  expect(judgeUnrouted('GET', '/admin/usuarios/7\r\nset-cookie: a/', '')).toEqual({
    kind: 'trailing-slash',
    location: '/admin/usuarios/7%0D%0Aset-cookie%3A%20a',
  });
});

it('another method`s path is told from an unknown one', () => {
  expect(judgeUnrouted('DELETE', '/health', '')).toEqual({ kind: 'wrong-method' });
  expect(judgeUnrouted('DELETE', '/health/', '')).toEqual({ kind: 'unknown' });
  expect(judgeUnrouted('GET', '/nothing', '')).toEqual({ kind: 'unknown' });
});
