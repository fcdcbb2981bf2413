import { systemRows } from '#shared/http/contracts/system.ts';
import { endpoint } from '#shared/http/endpoint.ts';

/** API Gateway would answer in its own words and without CORS headers; this answers as the contract says (3.2). */
export const handler = endpoint(systemRows.answerUnknown, async ({ event }) => {
  // API Gateway answers preflights itself where CORS is set; a catch-all route has been seen to get them all the same.
  if (event.requestContext.http.method === 'OPTIONS') return { status: 204, body: {} };
  // Every row there is: more than a function should read before it is asked.
  const { judgeUnrouted } = await import('#shared/http/unrouted.ts');
  const verdict = judgeUnrouted(event.requestContext.http.method, event.rawPath, event.rawQueryString);
  switch (verdict.kind) {
    case 'trailing-slash':
      return { status: 307, body: {}, headers: { location: verdict.location } };
    case 'wrong-method':
      return { status: 405, body: { detail: 'Method Not Allowed' } };
    case 'unknown':
      return { status: 404, body: { detail: 'Not Found' } };
  }
});
