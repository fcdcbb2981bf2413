import type { transactionRows } from '../contracts/transactions.ts';
import type { ExamplesFor } from '../example.ts';

const params = { id: 344556677889900 };
const transaction = {
  id: 344556677889900,
  transaccion_id: 'ord_de_ejemplo',
  monto: 15,
  moneda: 'MXN',
  estado_pago: 'refunded',
  monto_reembolsado: 15,
  reembolso: { estado: 'completo' as const, monto_solicitado: 15, solicitado_por: 'ana@wifi.mx' },
};
const refunded = { message: 'Reembolso realizado correctamente', transaccion: transaction };

export const transactionExamples = {
  'transactions/list': {
    query: { limit: 50, offset: 0 },
    reply: {
      empresa_id: 'EMP_3A9F1C0B2D',
      total: 1,
      limit: 50,
      offset: 0,
      transacciones: [
        {
          id: 344556677889900,
          transaccion_id: 'ord_de_ejemplo',
          monto: 15,
          estado_pago: 'paid',
          cliente_nombre: 'Luis Mora',
          creada_en: '2026-05-03T18:22:10.123456',
          monto_reembolsado: 0,
          estado: 'paid',
        },
      ],
    },
  },
  'transactions/refund': { params, body: { monto: 15 }, reply: refunded },
  'transactions/retry-refund': { params, reply: refunded },
  'transactions/deliver': {
    params,
    reply: {
      message: 'Acceso en entrega',
      transaccion: { ...transaction, estado_pago: 'paid', monto_reembolsado: 0, reembolso: null },
    },
  },
} satisfies ExamplesFor<typeof transactionRows>;
