import type { docsRows } from '../contracts/docs.ts';
import type { ExamplesFor } from '../example.ts';

export const docsExamples = {
  'docs/show': { reply: '<!doctype html>…' },
  'docs/show-asset': { params: { asset: 'swagger-ui.css' }, reply: new Uint8Array() },
  'docs/redirect': { reply: {} },
} satisfies ExamplesFor<typeof docsRows>;
