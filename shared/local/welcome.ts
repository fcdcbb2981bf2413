import type { Sandbox } from './sandbox.ts';

/** What `npm start` tells a person once everything runs. */
export function welcome(
  { stack, demoProblem }: Sandbox,
  readyAfterMs: number,
  { logFile, bundle }: { readonly logFile: string; readonly bundle: string | undefined },
): string {
  const { api, control, superAdmin, router, demo } = stack;
  const portal = demo && {
    company: demo.empresaId,
    'demo client': login(demo.clienteAdmin),
    'portal key': demo.apiKey,
  };
  const facts = {
    API: api,
    ...(bundle !== undefined && { functions: `the bundle in ${bundle}, as it is deployed` }),
    'super admin': login(superAdmin),
    ...portal,
    router: `${router.host}:${router.port} as ${router.user}, simulated`,
    control: `${control}  (GET / lists what it can do)`,
    log: logFile,
  };
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  const lines = Object.entries(facts).map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [
    `Ready in ${(readyAfterMs / 1000).toFixed(1)} s. Ctrl-C stops everything.`,
    '',
    ...lines,
    '',
    ...(demoProblem === undefined ? [] : [demoProblem, '']),
    'Try:',
    ...(demo ? buying(stack.api, stack.control, demo) : looking(stack)).map((command) => `  ${command}`),
    '',
    '',
  ].join('\n');
}

const login = ({ email, password }: { readonly email: string; readonly password: string }) => `${email} / ${password}`;

/** A phone joins, looks at the offer, and pays. A card token is good once: the time makes it new. */
function buying(
  api: string,
  control: string,
  { apiKey, productoId }: { readonly apiKey: string; readonly productoId: number },
) {
  const phone = { mac: 'AA:BB:CC:00:00:01', ip: '10.5.50.21' };
  const key = `-H 'X-API-Key: ${apiKey}'`;
  const purchase = {
    producto_id: productoId,
    token_tarjeta: 'TOKEN',
    nombre_cliente: 'Ana Ruiz',
    email_cliente: 'ana@example.com',
    mac_cliente: phone.mac,
    conexion_automatica: true,
  };
  const body = JSON.stringify(purchase).replace('TOKEN', `tok_test_visa_4242_'$(date +%s)'`);
  return [
    `curl -s ${api}/api/v1/catalogo_perfiles_venta ${key}`,
    `curl -s ${control}/router/hosts -d '${JSON.stringify(phone)}'`,
    `curl -s ${api}/api/v1/payments/pagar-conekta ${key} -H 'Content-Type: application/json' -d '${body}'`,
  ];
}

function looking({ api, control, superAdmin }: Sandbox['stack']): readonly string[] {
  return [
    `curl -s ${api}/health`,
    `curl -s ${api}/api/v1/auth/login -H 'Content-Type: application/json' -d '${JSON.stringify(superAdmin)}'`,
    `curl -s ${control}/`,
  ];
}
