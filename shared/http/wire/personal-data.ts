import type { Forget } from '../../store/forgets.ts';
import type { ReplyOf } from '../contract.ts';
import type { personalDataRows } from '../contracts/personal-data.ts';
import { zonelessTime, zonelessTimeOrNull } from './timestamp.ts';

type Request = ReplyOf<(typeof personalDataRows)['show']>['body'];

export const toErasure = (forget: Forget): Request => ({
  solicitud_id: forget.id,
  estado: forget.endedAt === null ? 'en_proceso' : 'terminada',
  compras: forget.forgotten,
  solicitada_en: zonelessTime(forget.requestedAt),
  terminada_en: zonelessTimeOrNull(forget.endedAt),
});
