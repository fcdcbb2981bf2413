import * as z from 'zod';
import type { GatewayName } from '../../gateways/gateway.ts';
import { type GatewayMode, gatewayModes } from '../../store/companies.ts';
import { type KeyCheck, modeDiffers } from '../../tenants/key-check.ts';

/** What a label that disagrees with the gateway is called among the warnings. */
const MODE_DIFFERS = 'modo_distinto';

export const keyCheckBody = z.object({
  ok: z.boolean(),
  resultado: z.string(),
  modo_configurado: z.enum(gatewayModes),
  modo_detectado: z.enum(gatewayModes).nullable(),
  advertencias: z.array(z.string()),
});

const displayNames: Readonly<Record<GatewayName, string>> = { conekta: 'Conekta', 'mercado-pago': 'Mercado Pago' };
const modeNames: Readonly<Record<GatewayMode, string>> = { test: 'pruebas (test)', live: 'producción (live)' };

export function toKeyCheckBody(name: GatewayName, { answer, mode }: KeyCheck): z.input<typeof keyCheckBody> {
  const gateway = displayNames[name];
  const unanswered = { ok: false, modo_configurado: mode, modo_detectado: null, advertencias: [] };
  switch (answer.kind) {
    case 'refused':
      return { ...unanswered, resultado: `${gateway} no acepta la llave. Verifique que esté completa y vigente.` };
    case 'unknown':
      return { ...unanswered, resultado: `${gateway} no respondió. Intente de nuevo.` };
    case 'works': {
      const detected = answer.live === null ? null : answer.live ? 'live' : 'test';
      const differs = modeDiffers(mode, answer.live);
      return {
        ok: true,
        resultado:
          differs && detected !== null
            ? `${gateway} acepta la llave. Atención: es de ${modeNames[detected]}, pero está configurada como ${modeNames[mode]}.`
            : `${gateway} acepta la llave.`,
        modo_configurado: mode,
        modo_detectado: detected,
        advertencias: differs ? [MODE_DIFFERS] : [],
      };
    }
  }
}

/** The warnings beside the settings themselves, from the last test. */
export const settingsWarnings = (settings: {
  readonly mode: GatewayMode;
  readonly reportedLive: boolean | null;
}): string[] => (modeDiffers(settings.mode, settings.reportedLive) ? [MODE_DIFFERS] : []);
