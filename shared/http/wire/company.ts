import * as z from 'zod';
import type { Company } from '../../store/companies.ts';
import { zonelessTime } from './timestamp.ts';

/** A company as the super admin sees it (contract 6.8, row 39): no keys. */
export const companyBody = z.object({
  id: z.string(),
  nombre: z.string(),
  contacto_email: z.string().nullable(),
  contacto_telefono: z.string().nullable(),
  conekta_mode: z.string(),
  activa: z.boolean(),
  creada_en: z.string(),
});

export const toCompanyBody = (company: Company): z.input<typeof companyBody> => ({
  id: company.id,
  nombre: company.name,
  contacto_email: company.contactEmail,
  contacto_telefono: company.contactPhone,
  conekta_mode: company.conekta.mode,
  activa: company.active,
  creada_en: zonelessTime(company.createdAt),
});
