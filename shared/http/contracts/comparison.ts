import { defineRow, plainRow } from '../contract.ts';
import { shownComparison } from '../wire/comparison.ts';

/** Ours: the daily comparison with the gateways (design 3). */
export const comparisonRows = {
  show: defineRow({
    ...plainRow,
    id: 'comparison/show',
    reads: ['comparison'],
    summary: 'Muestra la comparación diaria con las pasarelas.',
    method: 'GET',
    path: '/api/v1/admin/mi-empresa/conciliacion',
    auth: 'company-admin',
    needs: ['sessions:verify', 'table'],
    replies: {
      200: shownComparison,
    },
  }),
};
