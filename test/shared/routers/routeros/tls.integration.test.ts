import { connect as connectSocket } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectTo, faultOf, simulator, targetAt } from './sample-router.ts';
import { selfSigned } from './self-signed.ts';

const HOST = '127.0.0.88';
const API_SSL = 8729;

interface TlsRouter {
  /** What was said inside the encryption. */
  readonly heard: Buffer[];
  readonly protocols: (string | null)[];
}

/** The simulator's `api-ssl` service. */
async function tlsRouter(options: TlsOptions): Promise<TlsRouter> {
  const { port } = await simulator();
  const router: TlsRouter = { heard: [], protocols: [] };
  const server = createServer(options, (socket) => {
    const inner = connectSocket(port, '127.0.0.1');
    for (const end of [socket, inner]) end.on('error', () => undefined);
    router.protocols.push(socket.getProtocol());
    socket.on('data', (chunk) => router.heard.push(chunk));
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(API_SSL, HOST, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return router;
}

/** As a company that deploys its own authority does with NODE_EXTRA_CA_CERTS. */
function trust(cert: string): void {
  const before = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, cert]);
}

const deadlines = { connectMs: 1_000 };

describe('a login over TLS', () => {
  it('is refused to a certificate that nobody vouches for, and no word of it is sent', async () => {
    const router = await tlsRouter(selfSigned(HOST));
    const fault = await faultOf(connectTo(targetAt(API_SSL, HOST), deadlines));
    expect(fault).toMatchObject({ kind: 'unreachable', message: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(router.heard).toEqual([]);
  });

  it('is refused to a trusted certificate of another router', async () => {
    const certificate = selfSigned('127.0.0.99');
    trust(certificate.cert);
    const router = await tlsRouter(certificate);
    const fault = await faultOf(connectTo(targetAt(API_SSL, HOST), deadlines));
    expect(fault).toMatchObject({ kind: 'unreachable', message: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(router.heard).toEqual([]);
  });

  it('is refused to a router without a certificate, whom anybody could play', async () => {
    const router = await tlsRouter({
      ciphers: 'ADH-AES256-GCM-SHA384:@SECLEVEL=0',
      dhparam: 'auto',
      maxVersion: 'TLSv1.2',
    });
    const fault = await faultOf(connectTo(targetAt(API_SSL, HOST), deadlines));
    expect(fault.kind).toBe('unreachable');
    expect(fault.message).toMatch(/^ERR_SSL_.*HANDSHAKE_FAILURE$/);
    expect(router.heard).toEqual([]);
  });

  it('succeeds with a trusted certificate of that router', async () => {
    const certificate = selfSigned(HOST);
    trust(certificate.cert);
    const router = await tlsRouter(certificate);
    const session = await connectTo(targetAt(API_SSL, HOST), deadlines);
    expect(await session.identity()).toBe('MikroTik');
    expect(await session.findUser('nobody')).toBeUndefined();
    expect(router.protocols).toEqual(['TLSv1.3']);
    expect(Buffer.concat(router.heard).toString()).toContain('/login');
  });
});
