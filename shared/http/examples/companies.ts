import type { companyRows } from '../contracts/companies.ts';
import type { ExamplesFor } from '../example.ts';

const company = {
  id: 'EMP_3A9F1C0B2D',
  nombre: 'WiFi Café Central',
  contacto_email: 'ana@wifi.mx',
  contacto_telefono: '5512345678',
  conekta_mode: 'test',
  activa: true,
  creada_en: '2026-05-03T18:22:10.123456',
};

export const companyExamples = {
  'companies/create': {
    body: {
      nombre: 'WiFi Café Central',
      contacto_email: 'ana@wifi.mx',
      contacto_telefono: '5512345678',
      conekta_private_key: 'key_privada_de_ejemplo',
      conekta_public_key: 'key_publica_de_ejemplo',
      conekta_mode: 'test',
    },
    reply: company,
  },
  'companies/list': { query: { limit: 20 }, reply: [company] },
  'companies/update': {
    params: { empresa_id: 'EMP_3A9F1C0B2D' },
    body: { contacto_telefono: '5512345678' },
    reply: company,
  },
  'companies/toggle': {
    params: { empresa_id: 'EMP_3A9F1C0B2D' },
    reply: { message: 'Empresa desactivada', empresa_id: 'EMP_3A9F1C0B2D', activa: false },
  },
  'companies/show': { params: { empresa_id: 'EMP_3A9F1C0B2D' }, reply: company },
} satisfies ExamplesFor<typeof companyRows>;
