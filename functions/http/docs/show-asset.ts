import { docsRows } from '#shared/http/contracts/docs.ts';
import { endpoint } from '#shared/http/endpoint.ts';
import { explorerAsset, explorerHeaders } from '#shared/http/explorer.ts';
import { Refusal } from '#shared/platform/refusal.ts';

export const handler = endpoint(docsRows.showAsset, ({ params }) => {
  const asset = explorerAsset(params.asset);
  if (!asset) throw new Refusal('file-not-found');
  const headers = { ...explorerHeaders, 'content-type': asset.type };
  return Promise.resolve({ status: 200, body: asset.bytes, headers });
});
