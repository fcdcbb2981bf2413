import type { hotspotUserRows } from '../contracts/hotspot-users.ts';
import type { ExamplesFor } from '../example.ts';

export const hotspotUserExamples = {
  'hotspot-users/show-profile-info': {
    body: { username: 'PT-7K2QXM4H', password: '482193' },
    reply: {
      success: true,
      estado: 'ok',
      username: 'PT-7K2QXM4H',
      tipo_usuario: 'usuario_contrasena',
      profile: '1hora',
      mac_cookie_timeout: '3d',
      mac_authentication: false,
      disabled: false,
      comment: 'px:0f1e2d3c4b5a6978',
      limit_uptime: '1h',
      datos_completos: {
        '.id': '*1A',
        name: 'PT-7K2QXM4H',
        profile: '1hora',
        comment: 'px:0f1e2d3c4b5a6978',
        disabled: false,
        'limit-uptime': '1h',
      },
      mensaje: null,
      error_detalle: null,
      timestamp: '2026-05-03T18:22:10.123456',
    },
  },
  'hotspot-users/auto-reconnect': {
    body: { username: 'PT-7K2QXM4H', password: '482193', current_mac: 'AA:BB:CC:DD:EE:FF' },
    reply: {
      success: true,
      estado: 'activo',
      auto_conexion: 'conectado',
      datos_sesion: {
        user: 'PT-7K2QXM4H',
        address: '10.5.50.23',
        uptime: '1s',
        'bytes-in': 0,
        'bytes-out': 0,
      },
      nueva_mac: 'AA:BB:CC:DD:EE:FF',
      tiempo_acumulado: null,
      tiempo_restante: null,
      primera_sesion: null,
      mensaje: 'Conexión exitosa (método: ip_mac_user_pass)',
      error_detalle: null,
      timestamp: '2026-05-03T18:22:10.123456',
    },
  },
} satisfies ExamplesFor<typeof hotspotUserRows>;
