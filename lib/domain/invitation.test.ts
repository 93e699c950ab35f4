import { expect, test } from 'vitest'
import { invitationState } from './invitation'

const now = new Date('2026-11-29T12:00:00Z')
const before = new Date('2026-11-29T11:59:59Z')
const after = new Date('2026-11-29T12:00:01Z')
const open = {
  expiresAt: after,
  acceptedAt: null,
  revokedAt: null,
  user: { isDisabled: false, hasPassword: false },
}

test.each([
  ['OPEN', open],
  ['EXPIRED', { ...open, expiresAt: before }],
  ['EXPIRED', { ...open, expiresAt: now }],
  ['ACCEPTED', { ...open, acceptedAt: before }],
  ['ACCEPTED', { ...open, acceptedAt: before, expiresAt: before }],
  ['ACCEPTED', { ...open, user: { isDisabled: false, hasPassword: true } }],
  ['REVOKED', { ...open, revokedAt: before }],
  ['REVOKED', { ...open, revokedAt: before, expiresAt: before }],
  ['REVOKED', { ...open, user: { isDisabled: true, hasPassword: false } }],
] as const)('%s: %o', (state, facts) => {
  expect(invitationState(facts, now)).toBe(state)
})
