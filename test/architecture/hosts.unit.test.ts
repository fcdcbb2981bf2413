/** Contract 15, W52: the reference sent every deployment's notifications to its author's server. */
import { expect, it } from 'vitest';
import { projectFiles } from './project-files.ts';

const deployed = ['shared', 'functions', 'lib'].flatMap((folder) => projectFiles(folder));
const isOfSandbox = (path: string) => path.startsWith('shared/local/');
/** Names that are nobody's (RFC 2606, and as domains below .mx that examples show). */
const INVENTED = /(?:^|\.)(?:example|example\.(?:com|org|mx))$/;

it('what is deployed names no host, but the gateways` own as defaults of its configuration', () => {
  const named = deployed
    .filter(({ path }) => !isOfSandbox(path))
    .flatMap(({ path, text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
      return [...code.matchAll(/\b(?:https?|wss?):\/\/([a-z][\w.-]*\.[a-z]{2,})/gi)].map(
        ([, host = '']) => `${path}: ${host}`,
      );
    })
    .filter((line) => !INVENTED.test(line));
  expect(named.toSorted()).toEqual([
    'shared/platform/config.ts: api.conekta.io',
    'shared/platform/config.ts: api.mercadopago.com',
    'shared/platform/config.ts: api.telegram.org',
  ]);
});
