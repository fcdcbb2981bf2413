import type { paymentRows } from '../contracts/payments.ts';
import type { ExamplesFor } from '../example.ts';

const buyer = {
  producto_id: 3,
  nombre_cliente: 'Luis Mora',
  email_cliente: 'luis@correo.mx',
  telefono_cliente: '5512345678',
  tipo_usuario: 'usuario_contrasena',
  mac_cliente: 'AA:BB:CC:DD:EE:FF',
  ip_cliente: '10.5.50.23',
  conexion_automatica: false,
};
const sold = {
  success: true as const,
  tipo_usuario: 'usuario_contrasena' as const,
  usuario_hotspot: { usuario: 'PT-7K2QXM4H', contrasena: '482193' },
  producto: { nombre: '1 hora de WiFi', precio: 15, moneda: 'MXN', perfil_mikrotik: '1hora' },
  cliente: { nombre: 'Luis Mora', email: 'luis@correo.mx' },
  timestamp: '2026-05-03T18:22:10.123456',
  auto_conexion: {
    estado: 'no_conectado' as const,
    mac: '',
    ip: '',
    mensaje: 'Favor de ingresar sus credenciales para conectar a Internet',
    verificado: false,
  },
  id_compra: 344556677889900,
  estado_entrega: 'entregado' as const,
  consulta_url: '/api/v1/compras/344556677889900?t=secreto-de-ejemplo',
};

export const paymentExamples = {
  'payments/pay-with-conekta': {
    body: { ...buyer, token_tarjeta: 'tok_de_ejemplo' },
    reply: { ...sold, id_transaccion: 'ord_de_ejemplo', estado_pago: 'paid' },
  },
  'payments/pay-with-mercado-pago': {
    body: {
      ...buyer,
      token: 'token_de_ejemplo',
      payment_method_id: 'visa',
      issuer_id: '160',
      monto: 15,
      cuotas: 1,
      payer: { identification: { type: 'RFC', number: 'XAXX010101000' } },
    },
    reply: {
      ...sold,
      id_transaccion: '123456789',
      estado_pago: 'approved',
      mercado_pago: {
        payment_id: 123456789,
        status: 'approved',
        status_detail: 'accredited',
        installments: 1,
        payment_method: { id: 'visa', type: 'credit_card', issuer: '160', last_four_digits: '4242', installments: 1 },
        raw_response: {},
      },
    },
  },
  'payments/show-payment-status': {
    params: { payment_id: '123456789' },
    reply: {
      success: true,
      payment_id: 123456789,
      status: 'approved',
      status_detail: 'accredited',
      amount: 15,
      currency_id: 'MXN',
      date_approved: '2026-05-03T14:22:10.000-04:00',
      date_last_updated: '2026-05-03T14:22:11.000-04:00',
    },
  },
} satisfies ExamplesFor<typeof paymentRows>;
