import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TLS_PORT } from '#shared/routers/client.ts';
import { Wire } from '#shared/routers/routeros/wire.ts';
import { connectTo, faultOf, simulator, targetAt } from './sample-router.ts';
import { selfSigned } from './self-signed.ts';
import { openTlsDoor, type TlsDoor } from './tls-door.ts';

const HOST = '127.0.0.88';

/** The simulator's `api-ssl` service. */
async function tlsRouter(options: TlsOptions): Promise<TlsDoor> {
  const door = await openTlsDoor(HOST, (await simulator()).port, options);
  onTestFinished(() => door.close());
  return door;
}

/** As a company that deploys its own authority does with NODE_EXTRA_CA_CERTS. */
function trust(cert: string): void {
  const before = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, cert]);
}

const fingerprintOf = (cert: string): string =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();

const logIn = (pinned: string | null) => connectTo({ ...targetAt(TLS_PORT, HOST), pinned }, { connectMs: 1_000 });

describe('a login over TLS', () => {
  it('takes, at first contact, the certificate the router made itself, and tells which it was', async () => {
    const certificate = selfSigned('127.0.0.99');
    const router = await tlsRouter(certificate);
    const session = await logIn(null);
    expect(session.fingerprint).toBe(fingerprintOf(certificate.cert));
    expect(session.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await session.identity()).toBe('MikroTik');
    expect(await session.findUser('nobody')).toBeUndefined();
    expect(router.protocols).toEqual(['TLSv1.3']);
    expect(Buffer.concat(router.heard).toString()).toContain('/login');
  });

  it('takes the pinned certificate', async () => {
    const certificate = selfSigned(HOST);
    await tlsRouter(certificate);
    expect(await (await logIn(fingerprintOf(certificate.cert))).identity()).toBe('MikroTik');
  });

  it.each([
    ['that the router made itself', () => undefined],
    ['that a trusted authority vouches for', trust],
  ])('is refused to another certificate than the pinned one, one %s, and no word of it is sent', async (_, vouch) => {
    const pinned = selfSigned(HOST);
    const router = await tlsRouter(pinned);
    await logIn(fingerprintOf(pinned.cert));
    const other = selfSigned(HOST);
    vouch(other.cert);
    router.show(other);
    const fault = await faultOf(logIn(fingerprintOf(pinned.cert)));
    expect(fault).toMatchObject({ kind: 'certificate-changed', message: 'another certificate' });
    // What was sent to the other one would have been heard before the next login.
    router.show(pinned);
    await logIn(fingerprintOf(pinned.cert));
    expect(
      Buffer.concat(router.heard)
        .toString()
        .match(/\/login/g),
    ).toHaveLength(2);
  });

  it.each([null, 'ab'.repeat(32)])(
    'is refused to a router without a certificate, whom anybody could play (pinned: %s)',
    async (pinned) => {
      const router = await tlsRouter({
        ciphers: 'ADH-AES256-GCM-SHA384:@SECLEVEL=0',
        dhparam: 'auto',
        maxVersion: 'TLSv1.2',
      });
      const fault = await faultOf(logIn(pinned));
      expect(fault.kind).toBe('unreachable');
      expect(fault.message).toMatch(/^ERR_SSL_.*HANDSHAKE_FAILURE$/);
      expect(router.heard).toEqual([]);
    },
  );

  it('of a service that does not encrypt ends by its deadline', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(TLS_PORT, HOST, resolve));
    onTestFinished(() => void server.close());
    const fault = await faultOf(connectTo(targetAt(TLS_PORT, HOST), { connectMs: 150 }));
    expect(fault).toMatchObject({ kind: 'unreachable', message: 'no login within 150 ms' });
  });

  it('of any other port shows no certificate', async () => {
    const { port } = await simulator();
    expect((await connectTo(targetAt(port))).fingerprint).toBeNull();
  });
});

it('the wire says nothing before it knows to whom', async () => {
  const router = await tlsRouter(selfSigned(HOST));
  const closed = Promise.withResolvers<string>();
  const wire = new Wire(
    { host: HOST, port: TLS_PORT, pinned: 'ab'.repeat(32) },
    {
      connected: () => closed.reject(new Error('admitted')),
      sentence: () => undefined,
      closed: (_, kind) => closed.resolve(kind),
    },
  );
  wire.connect();
  expect(() => wire.write(['/login'])).toThrow('before it is known to whom');
  expect(await closed.promise).toBe('certificate-changed');
  expect(router.heard).toEqual([]);
});
