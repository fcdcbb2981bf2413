import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * The parts of a form by their names: texts and `File`s; of several with one name the last.
 *
 * @returns undefined for what is no such form
 */
export async function readForm({ body, isBase64Encoded, headers }: APIGatewayProxyEventV2): Promise<unknown> {
  // A form without parts: what is missing is told by its name.
  if (body === undefined || body === '') return {};
  try {
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    const form = await new Response(bytes, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
    return Object.fromEntries(form);
  } catch {
    return undefined;
  }
}
