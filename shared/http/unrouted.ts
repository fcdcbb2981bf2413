import { routes } from './routes.ts';

export type Unrouted =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong-method' }
  | { readonly kind: 'trailing-slash'; readonly location: string };

/** Tells why no row took a request: unknown path, another method's path, or a slash too many (contract 3.2). */
export function judgeUnrouted(method: string, path: string, query: string): Unrouted {
  if (isRouted(path)) return { kind: 'wrong-method' };
  const trimmed = path.replace(/\/+$/, '');
  // A path of slashes only, or one that a browser would read as another host, is not sent anywhere.
  if (trimmed !== path && trimmed.startsWith('/') && !trimmed.startsWith('//') && isRouted(trimmed, method)) {
    // API Gateway gives the path decoded; a header must not carry what was encoded in it, such as a line end.
    const location = trimmed.split('/').map(encodeURIComponent).join('/');
    return { kind: 'trailing-slash', location: query === '' ? location : `${location}?${query}` };
  }
  return { kind: 'unknown' };
}

function isRouted(path: string, method?: string): boolean {
  return routes.some((row) => patternOf(row.path).test(path) && (method === undefined || row.method === method));
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.$]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${escaped}$`);
}
