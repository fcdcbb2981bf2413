import type { Clock } from '../platform/clock.ts';
import { newCompanyId } from '../platform/ids.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Secret } from '../security/secret.ts';
import type { SecretBox } from '../security/secret-box.ts';
import type { Company, CompanyStore, GatewayMode } from '../store/companies.ts';
import type { User } from '../store/users.ts';

/** What stands in for Conekta's keys until the client enters its own (contract 6.8, row 39). */
export const placeholderKeys = { private: 'key_test_default', public: 'key_test_default_pub' } as const;

export interface NewCompany {
  readonly name: string;
  readonly contactEmail: string;
  readonly contactPhone: string | null;
  /** May be placeholders: the client enters the real ones later (onboarding, step 2). */
  readonly conekta: { readonly privateKey: Secret; readonly publicKey: string; readonly mode: GatewayMode };
}

export async function createCompany(
  services: {
    readonly companies: CompanyStore;
    readonly clock: Clock;
    box(purpose: 'gateway-credentials'): SecretBox;
  },
  draft: NewCompany,
): Promise<Company> {
  const id = newCompanyId();
  const { privateKey, publicKey, mode } = draft.conekta;
  const sealedPrivateKey = await services.box('gateway-credentials').seal(id, privateKey);
  const company: Company = {
    id,
    name: draft.name,
    contactEmail: draft.contactEmail,
    contactPhone: draft.contactPhone,
    logoUrl: null,
    colour: null,
    supportContact: null,
    active: true,
    createdAt: services.clock.now(),
    conekta: { version: 1, sealedPrivateKey, publicKey, mode, reportedLive: null, webhook: null, webhookProblem: null },
    mercadoPago: {
      version: 0,
      sealedAccessToken: null,
      sealedWebhookSecret: null,
      publicKey: null,
      mode: 'test',
      reportedLive: null,
    },
    telegram: { sealedBotToken: null, chatId: null, enabled: false },
  };
  await services.companies.create(company);
  return company;
}

export async function requireCompany(companies: Pick<CompanyStore, 'find'>, companyId: string): Promise<Company> {
  const company = await companies.find(companyId);
  if (!company) throw new Refusal('company-not-found');
  return company;
}

/**
 * A company that is off sells nothing. What was sold is still delivered, settled and given back, and its staff may log in.
 *
 * @returns whether the company is active now
 */
export async function toggleCompany(
  companies: Pick<CompanyStore, 'find' | 'setActive'>,
  companyId: string,
): Promise<boolean> {
  const { active } = await requireCompany(companies, companyId);
  // When it was switched meanwhile, that is what this caller wanted too: switching it back would undo both.
  await companies.setActive(companyId, !active);
  return !active;
}

/**
 * A company as its own admin, or a super admin, may touch it.
 *
 * @throws Refusal `company-not-found`, for another company's admin too
 */
export async function requireCompanyFor(user: User, companyId: string, companies: CompanyStore): Promise<Company> {
  if (!mayTouch(user, companyId)) throw new Refusal('company-not-found');
  return requireCompany(companies, companyId);
}

export const mayTouch = (user: User, companyId: string): boolean =>
  user.role === 'super_admin' || user.companyId === companyId;
