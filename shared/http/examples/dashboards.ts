import type { dashboardRows } from '../contracts/dashboards.ts';
import type { ExamplesFor } from '../example.ts';

const figures = {
  total_transacciones: 128,
  ingresos_totales: 1905,
  transacciones_pagadas: 127,
  transacciones_pendientes: 1,
  transacciones_rechazadas: 9,
  ingresos_por_moneda: { MXN: 1905 },
};

export const dashboardExamples = {
  'dashboards/show-company': {
    reply: {
      empresa: { nombre: 'WiFi Café Central', activa: true },
      estadisticas: { ...figures, total_routers: 2 },
      transacciones_recientes: [
        {
          id: 344556677889900,
          transaccion_id: 'ord_de_ejemplo',
          monto: 15,
          estado: 'paid',
          fecha: '2026-05-03T18:22:10.123456',
        },
      ],
    },
  },
  'dashboards/show-figures': {
    query: { por: 'dia', limit: 31 },
    reply: {
      empresa_id: 'EMP_3A9F1C0B2D',
      por: 'dia',
      zona_horaria: 'America/Mexico_City',
      estadisticas: [
        {
          clave: '2026-05-03',
          transacciones: 14,
          pagadas: 13,
          pendientes: 1,
          rechazadas: 2,
          ingresos_por_moneda: { MXN: 195 },
        },
      ],
    },
  },
  'dashboards/show-system': {
    reply: {
      estadisticas: { total_empresas: 41, empresas_activas: 40, total_usuarios: 52 },
      timestamp: '2026-05-03T18:22:10.123456',
    },
  },
  'dashboards/show-company-stats': {
    params: { empresa_id: 'EMP_3A9F1C0B2D' },
    reply: {
      empresa: {
        id: 'EMP_3A9F1C0B2D',
        nombre: 'WiFi Café Central',
        activa: true,
        creada_en: '2026-01-15T10:00:00',
        contacto_email: 'ana@wifi.mx',
      },
      estadisticas: {
        total_routers: 2,
        routers_activos: 2,
        routers_inactivos: 0,
        total_usuarios_admin: 1,
        api_keys_activas: 2,
        ...figures,
      },
    },
  },
} satisfies ExamplesFor<typeof dashboardRows>;
