import type { Access, Grant } from '#shared/store/accesses.ts';

/** An access as the first write leaves it. */
export const sampleAccess = (changes: Partial<Access> = {}): Access => ({
  id: 'abc',
  companyId: 'EMP_1',
  routerId: 'RTR_1',
  username: 'PT-ACDEFGHJ',
  sealedCode: 'sealed',
  profileName: '1hora',
  profileLimits: null,
  grants: [],
  clock: null,
  devices: null,
  firstSeenAt: null,
  used: { seconds: 0, bytes: 0 },
  usedAt: null,
  usedBefore: { seconds: 0, bytes: 0 },
  madeAt: null,
  endedAt: null,
  desired: 'absent',
  observed: 'absent',
  confirmedAt: null,
  wantedSince: null,
  version: 1,
  attempts: 0,
  uncertainSince: null,
  createdAt: 0,
  dueAt: null,
  ...changes,
});

export const sampleGrant = (purchaseId: number, changes: Partial<Grant> = {}): Grant => ({
  purchaseId,
  since: 0,
  seconds: null,
  bytes: null,
  ...changes,
});
