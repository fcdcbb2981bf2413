import { describe, expect, it } from 'vitest';
import { showPurchase } from '#shared/http/wire/purchase-view.ts';
import { Secret } from '#shared/security/secret.ts';
import { sampleAccess, sampleGrant } from '../../access/sample-access.ts';
import { samplePurchase } from '../../purchases/sample-purchase.ts';

const MINUTE = 60_000;
const access = sampleAccess({ clock: 'purchase', grants: [sampleGrant(1, { seconds: 60 })], desired: 'present' });
const opened = { access, code: { password: new Secret('123456'), consultToken: new Secret('t') } };
const view = (deliveredAt: number | null, now: number) =>
  showPurchase({ purchase: samplePurchase({ state: 'paid', paidAt: 0, deliveredAt }), isOwn: true, opened }, now);

describe('a pass of a minute', () => {
  it('has ended when it was had', () => {
    const ended = view(1_000, MINUTE);
    expect(ended).toMatchObject({ estado_entrega: 'terminado', mensaje: 'Tu tiempo terminó.' });
    expect(ended).not.toHaveProperty('usuario_hotspot');
  });

  it('is pending, without a code, when its minute passed before it was delivered', () => {
    const late = view(null, MINUTE);
    expect(late).toMatchObject({
      estado_entrega: 'pendiente',
      mensaje: 'Tu pago fue aprobado. Estamos activando tu acceso.',
    });
    expect(late).not.toHaveProperty('usuario_hotspot');
  });

  it('shows its code while its minute runs, delivered or not', () => {
    const shown = { usuario_hotspot: { usuario: access.username, contrasena: '123456' } };
    expect(view(1_000, 30_000)).toMatchObject({ estado_entrega: 'entregado', ...shown });
    expect(view(null, 30_000)).toMatchObject({ estado_entrega: 'pendiente', ...shown });
  });
});
