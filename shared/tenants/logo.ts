import { newLogoSuffix } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import { Refusal } from '../platform/refusal.ts';
import type { CompanyStore } from '../store/companies.ts';
import type { LogoStore } from '../store/logos.ts';
import { requireCompany } from './company.ts';

/** Where logos are served, and so what `logo_url` begins with (contract 13). */
export const LOGO_FOLDER = '/static/logos/';
const MAX_BYTES = 2 * 1024 * 1024;

const JPEG = {
  type: 'image/jpeg',
  starts: (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.of(0xff, 0xd8, 0xff)),
};
/** By the ending of a file's name. The type served follows it, so the content has to begin as that type does. */
const formats = new Map([
  ['jpg', JPEG],
  ['jpeg', JPEG],
  ['png', { type: 'image/png', starts: (bytes: Buffer) => bytes.subarray(0, 8).equals(PNG_SIGNATURE) }],
  ['webp', { type: 'image/webp', starts: (bytes: Buffer) => /^RIFF.{4}WEBP/s.test(bytes.toString('latin1', 0, 12)) }],
]);
const PNG_SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

const NAME = /^logo_(EMP_[0-9A-F]{10})_[0-9a-f]{6}\.(jpg|jpeg|png|webp)$/;

/** The type of the logo with this name; undefined for every name that is not one of ours, paths among them. */
export function logoTypeOf(name: string): string | undefined {
  const [, , ending = ''] = NAME.exec(name) ?? [];
  return formats.get(ending)?.type;
}

export interface Picture {
  readonly ending: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** @throws Refusal `logo-format`, `logo-too-large` */
export function judgePicture(fileName: string, bytes: Buffer): Picture {
  const [, given = ''] = /\.([^.]*)$/.exec(fileName) ?? [];
  const ending = given.toLowerCase();
  const format = formats.get(ending);
  if (!format) throw new Refusal('logo-format');
  if (bytes.length > MAX_BYTES) throw new Refusal('logo-too-large');
  if (!format.starts(bytes)) throw new Refusal('logo-format');
  return { ending, type: format.type, bytes };
}

interface LogoParts {
  readonly companies: CompanyStore;
  readonly logos: LogoStore;
  readonly logger: Logger;
}

/**
 * Stores the picture, points the company at it, and only then removes the one before: at no moment does a company show a
 * picture that is not there. A crash leaves one object at most that nobody shows.
 *
 * @returns the new `logo_url`
 * @throws Refusal `company-not-found`, `logo-changed-meanwhile`
 */
export async function replaceLogo(parts: LogoParts, companyId: string, picture: Picture): Promise<string> {
  const { logoUrl: before } = await requireCompany(parts.companies, companyId);
  const name = newName(companyId, picture.ending, before);
  const after = LOGO_FOLDER + name;
  await parts.logos.put(name, picture.bytes, picture.type);
  const shown = await pointAt(parts, companyId, before, after);
  if (shown !== after) {
    await removeQuietly(parts, after);
    throw new Refusal('logo-changed-meanwhile');
  }
  await removeQuietly(parts, before);
  return after;
}

/** Another than the one before, or removing that would remove this. */
function newName(companyId: string, ending: string, before: string | null): string {
  const name = `logo_${companyId}_${newLogoSuffix()}.${ending}`;
  return LOGO_FOLDER + name === before ? newName(companyId, ending, before) : name;
}

/**
 * The write is repeated when its answer is lost, and the second one is then refused by the first: what stands there
 * decides. Where the old one still does, the lost write may yet arrive, so the new picture stays.
 *
 * @returns what the company shows now
 */
async function pointAt(
  { companies }: LogoParts,
  companyId: string,
  before: string | null,
  after: string,
): Promise<string | null | undefined> {
  const shown = async () => (await companies.find(companyId))?.logoUrl;
  try {
    return (await companies.replaceLogo(companyId, before, after)) ? after : await shown();
  } catch (error) {
    const now = await shown();
    if (now === before) throw error;
    return now;
  }
}

/** Costs a few kilobytes where it fails, which is no reason to tell an admin that the new logo did. */
async function removeQuietly({ logos, logger }: LogoParts, url: string | null): Promise<void> {
  const name = url?.startsWith(LOGO_FOLDER) ? url.slice(LOGO_FOLDER.length) : '';
  if (!NAME.test(name)) return;
  try {
    await logos.remove(name);
  } catch (error) {
    logger.error('a logo that nobody shows was left behind', error, { name });
  }
}
