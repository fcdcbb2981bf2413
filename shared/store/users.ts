import * as z from 'zod';
import { censusWrite } from './census.ts';
import { type Page, pageOf } from './page.ts';
import { type Attributes, type Condition, keys, type ListIndex, lists, NOT_THERE, type Table, THERE } from './table.ts';

export const roles = ['super_admin', 'cliente_admin'] as const;
export type Role = (typeof roles)[number];

/** A person of the staff (contract `usuario`, admin side); people who buy WiFi are not users of ours. */
export const userSchema = z.object({
  id: z.number(),
  email: z.string(),
  passwordHash: z.string(),
  name: z.string(),
  role: z.enum(roles),
  companyId: z.string().nullable(),
  active: z.boolean(),
  /** Raised by logout, a new password and deactivation: sessions carrying a lower one are over. */
  tokenVersion: z.number(),
  /** The password is one that somebody else knows: until it is changed, nothing but changing it is allowed. */
  mustChangePassword: z.boolean().default(false),
  createdAt: z.number(),
  lastLoginAt: z.number().nullable(),
});
export type User = z.infer<typeof userSchema>;

const emailGuardSchema = z.object({ userId: z.number() });
/** Numbers begin at 1. */
const NOBODY = 0;

/** The key, whose number is padded, keeps the list in the order of creation. */
export const userItem = (user: User): Attributes => ({
  ...user,
  listPk: lists.users,
  ...(user.companyId !== null && { listPk2: lists.usersOf(user.companyId) }),
  listSk: placeInList(user),
});

const unchanged = ({ passwordHash }: User): Condition => ({
  expression: '#passwordHash = :before',
  values: { ':before': passwordHash },
});

const placeInList = ({ id }: User): string => keys.user(id).pk;

/** Which users a list shows. Both must hold where both are given. */
export interface UserFilter {
  readonly role: string | null;
  readonly companyId: string | null;
}

const listOf = ({ companyId }: UserFilter): readonly [string, ListIndex] =>
  companyId === null ? [lists.users, 'lists'] : [lists.usersOf(companyId), 'lists2'];

const isOf =
  ({ role }: UserFilter) =>
  (user: User): boolean =>
    role === null || user.role === role;

export class UserStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async find(userId: number): Promise<User | undefined> {
    return this.#table.get(keys.user(userId), userSchema);
  }

  /** An address nobody has costs the same two reads: how long this takes must not tell who has an account. */
  async findByEmail(email: string): Promise<User | undefined> {
    const guard = await this.#table.get(keys.email(email), emailGuardSchema);
    return this.find(guard?.userId ?? NOBODY);
  }

  /** In the order of creation. */
  async list(filter: UserFilter): Promise<User[]> {
    const [list, index] = listOf(filter);
    return (await this.#table.queryList(list, userSchema, index)).filter(isOf(filter));
  }

  /**
   * A part of it: one Query for `limit` users, of whom those of another role are left out. So a page may be short, or empty,
   * while others follow.
   *
   * @param after where the page before ended, or ''
   */
  async page(filter: UserFilter, after: string, limit: number): Promise<Page<User>> {
    const [list, index] = listOf(filter);
    const found = await this.#table.queryListPage(list, userSchema, after, limit + 1, index);
    const { items, next } = pageOf(found, limit, placeInList);
    return { items: items.filter(isOf(filter)), next };
  }

  /** @returns false when the e-mail is taken, in whatever letter case */
  async create(user: User): Promise<boolean> {
    const result = await this.#table.transact([
      { kind: 'put', key: keys.user(user.id), item: userItem(user), condition: NOT_THERE },
      { kind: 'put', key: keys.email(user.email), item: { userId: user.id }, condition: NOT_THERE },
      censusWrite({ users: 1 }),
    ]);
    return result.kind === 'written';
  }

  async recordLogin(userId: number, at: number): Promise<void> {
    await this.#table.update(keys.user(userId), 'SET #lastLoginAt = :at', { ':at': at }, THERE);
  }

  /** Every session signed so far is over. @param by more than one where later sessions than this table knows may be about */
  async endSessions(userId: number, by = 1): Promise<void> {
    await this.#table.update(keys.user(userId), 'ADD #tokenVersion :by', { ':by': by }, THERE);
  }

  /** Its user's own choice. Also ends every session. @returns false when the password was changed since `before` was read */
  async changePassword(before: User, passwordHash: string): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.user(before.id),
      update: 'SET #passwordHash = :after, #mustChangePassword = :no ADD #tokenVersion :one',
      values: { ':after': passwordHash, ':no': false, ':one': 1 },
      condition: unchanged(before),
    });
  }

  /**
   * Somebody else's choice, which has to be changed. Also ends every session.
   *
   * @param activate switches the user on as well
   * @returns false when there is no such user
   */
  async resetPassword(userId: number, passwordHash: string, activate = false): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.user(userId),
      update: `SET #passwordHash = :after, #mustChangePassword = :yes${activate ? ', #active = :yes' : ''}
        ADD #tokenVersion :one`,
      values: { ':after': passwordHash, ':yes': true, ':one': 1 },
      condition: THERE,
    });
  }

  /** The same password in another form: sessions go on. Of a password that was changed meanwhile nothing is written. */
  async rehashPassword(before: User, passwordHash: string): Promise<void> {
    await this.#table.write({
      kind: 'update',
      key: keys.user(before.id),
      update: 'SET #passwordHash = :after',
      values: { ':after': passwordHash },
      condition: unchanged(before),
    });
  }

  /** Also ends every session. @returns false when it stood so already */
  async setActive(userId: number, active: boolean): Promise<boolean> {
    return this.#table.write({
      kind: 'update',
      key: keys.user(userId),
      update: 'SET #active = :active ADD #tokenVersion :one',
      values: { ':active': active, ':one': 1 },
      condition: { expression: `${THERE.expression} AND #active <> :active` },
    });
  }
}
