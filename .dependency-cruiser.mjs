/**
 * Who may import whom (design: functions -> http -> purchases, access, tenants, onboarding -> gateways, routers, store,
 * security, notify -> platform). What is not allowed here fails `npm run layers`.
 */

const domain = ['purchases', 'access', 'tenants', 'onboarding'];
const edges = ['gateways', 'routers', 'store', 'security', 'notify'];
/** What belongs to no folder: `services` and `sweep` put parts together, `workers` is data. */
const roots = ['services.ts', 'sweep.ts'];

/** For each part of `shared`, the other parts it may import. Types count as much as values. */
const mayImport = {
  http: [...domain, ...edges, ...roots, 'workers.ts', 'platform'],
  'services.ts': [...domain, ...edges, 'platform'],
  'sweep.ts': [...domain, ...edges, 'platform'],
  purchases: ['access', 'tenants', ...edges, 'platform'],
  access: ['purchases', 'tenants', ...edges, 'platform'],
  onboarding: ['tenants', ...edges, 'platform'],
  tenants: ['purchases', 'access', ...edges, 'platform'],
  routers: ['store', 'security', 'platform'],
  notify: ['store', 'security', 'platform'],
  gateways: ['security', 'platform'],
  // Throttle counts in the table.
  security: ['store/table.ts', 'platform'],
  // A stored purchase is told in the words of the gateways' port.
  store: ['gateways/gateway.ts', 'platform'],
  'workers.ts': ['platform'],
  platform: [],
};

const layers = Object.entries(mayImport).map(([part, others]) => ({
  name: `layer-${part.replace('.ts', '')}`,
  comment: `shared/${part} may import only: ${others.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: inShared([part]) },
  to: { path: '^shared/', pathNot: inShared([part, ...others]) },
}));

/** Packages that only one place may know. Tests may play any part. */
const fences = {
  'node-routeros': '^shared/routers/routeros/wire\\.ts$',
  conekta: '^shared/gateways/conekta/',
  mercadopago: '^shared/gateways/mercado-pago/',
  jose: '^shared/security/',
  bcryptjs: '^shared/security/',
  'aws-cdk-lib': '^(lib/|bin/app\\.ts)',
  constructs: '^(lib/|bin/app\\.ts)',
  'cdk-nag': '^(lib/|bin/app\\.ts)',
  esbuild: '^lib/',
  '@aws-sdk/(client-dynamodb|lib-dynamodb|util-dynamodb)': '^shared/(store/|platform/aws\\.ts|local/)',
  '@aws-sdk/client-kms': '^shared/(platform/kms\\.ts|local/)',
  '@aws-sdk/client-s3': '^shared/store/(logos|hub)\\.ts$',
  '@aws-sdk/client-sqs': '^shared/(platform/sqs\\.ts|local/)',
};

const fenced = Object.entries(fences).map(([name, place]) => ({
  name: `fence-${name.replace(/\W+/g, '-')}`,
  comment: `${name} is known in one place: ${place}`,
  severity: 'error',
  from: { pathNot: [place, '^test/'] },
  to: { path: `^node_modules/${name}/` },
}));

/** Started or put into the bundle by their names, not by an import: the bundler and its two parts, a function's thread. */
const namedByFile = '^(lib/(bundle|schemas-once|web-form-data)|shared/local/function-thread)\\.ts$';

export default {
  forbidden: [
    ...layers,
    ...fenced,
    {
      name: 'part-without-layer',
      comment: 'A new part of shared needs its line in mayImport',
      severity: 'error',
      from: {},
      to: { path: '^shared/', pathNot: [inShared(Object.keys(mayImport)), '^shared/(local|portal)/'] },
    },
    {
      name: 'functions-are-entries',
      comment: 'Only the sandbox and tests start a function by importing it',
      severity: 'error',
      from: { pathNot: '^(shared/local|bin|test)/' },
      to: { path: '^functions/' },
    },
    {
      name: 'local-is-not-bundled',
      comment: 'The sandbox stands apart from what is deployed',
      severity: 'error',
      from: { pathNot: '^(shared/local|bin|test)/' },
      to: { path: '^shared/local/' },
    },
    {
      name: 'simulators-are-independent',
      comment: 'A simulator that shares code with what it tests agrees with its mistakes; the port is shared knowledge',
      severity: 'error',
      from: { path: '^shared/local/[^/]+/' },
      to: { path: '^shared/(gateways/[^/]+/|routers/routeros/)' },
    },
    {
      name: 'infrastructure-on-top',
      severity: 'error',
      from: { pathNot: '^(lib|bin|test)/' },
      to: { path: '^(lib|bin)/' },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'rows-are-data',
      comment: 'The stacks and the sandbox read the rows without loading what serves them',
      severity: 'error',
      from: { path: '^shared/http/(contract\\.ts|routes\\.ts|contracts/)' },
      to: { path: '^shared/services\\.ts$', reachable: true },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dead-files',
      comment: 'Nothing that runs gets here: tests alone keep no file alive',
      severity: 'error',
      from: { path: '^(functions|bin|lib)/' },
      to: { path: '^(shared|lib)/', pathNot: namedByFile, reachable: false },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: [namedByFile, '^functions/', '^bin/', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'no-development-packages',
      comment: 'What is deployed has no development packages; their types alone cost nothing',
      severity: 'error',
      from: { path: '^(shared|functions)/', pathNot: '^shared/local/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Imports of types count too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

/** @param {string[]} parts folders or files of `shared` */
function inShared(parts) {
  const names = parts.map((part) => (part.endsWith('.ts') ? `${part.replace('.', '\\.')}$` : `${part}/`));
  return `^shared/(${names.join('|')})`;
}
