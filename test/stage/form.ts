import type { CallOptions, Headers } from './stage.ts';

/** A form as a browser sends it. */
export async function formOf(fields: Readonly<Record<string, unknown>>, headers: Headers): Promise<CallOptions> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    if (value instanceof File) form.append(name, value);
    else form.append(name, String(value));
  const encoded = new Response(form);
  const contentType = encoded.headers.get('content-type') ?? '';
  return { headers: { ...headers, 'content-type': contentType }, body: Buffer.from(await encoded.arrayBuffer()) };
}
