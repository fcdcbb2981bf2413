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
      siguiente: null,
    },
  },
  'transactions/show': {
    params,
    reply: {
      ...transaction,
      estado_pago: 'paid',
      monto_reembolsado: 0,
      reembolso: null,
      estado: 'paid',
      mensaje: 'Tu pago fue aprobado y tu acceso está activo.',
      pasarela: 'conekta',
      modo: 'live',
      creada_en: '2026-05-03T18:22:10.123456',
      pagada_en: '2026-05-03T18:22:11.2',
      entregada_en: '2026-05-03T18:22:11.4',
      router_id: 'RTR_A1B2C3D4',
      producto: { id: 3, nombre: '1 hora', perfil_mikrotik: '1hora' },
      cliente: { nombre: 'Luis Mora', email: 'luis@correo.mx', telefono: '5512345678', mac: 'AA:BB:CC:DD:EE:FF' },
      usuario_hotspot: 'PT-******4H',
      linea_de_tiempo: [
        { evento: 'creada', fecha: '2026-05-03T18:22:10.123456', detalle: null },
        { evento: 'pagada', fecha: '2026-05-03T18:22:11.2', detalle: 'cargo_de_ejemplo' },
        { evento: 'entregada', fecha: '2026-05-03T18:22:11.4', detalle: null },
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
