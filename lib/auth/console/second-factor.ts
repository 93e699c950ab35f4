import { AppError } from '@/lib/domain/errors'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import {
  confirmSecondFactor,
  countRecoveryCodes,
  deleteSecondFactor,
  findSecondFactor,
  putUnconfirmedSecondFactor,
  replaceRecoveryCodes,
  spendRecoveryCode,
  spendStep,
} from '@/lib/metadata/second-factors'
import { lockCredentials } from '@/lib/metadata/user-credentials'
import type { Context } from '@/lib/context'
import { proveOwnPassword } from './own-password'
import type { Principal } from '@/lib/domain/principal'
import { createRecoveryCodes, hashRecoveryCode } from './recovery-codes'
import { secondFactorOwner } from '@/lib/auth/second-factor-owner'
import type { SecretBox } from '@/lib/secrets/secret-box'
import { createTotpSecret, stepOfCode, totpUri } from './totp'

/** The state of a user's second factor, as the user sees it. */
export interface SecondFactorState {
  readonly isOn: boolean
  /** Null while it is off. */
  readonly confirmedAt: Date | null
  readonly recoveryCodesLeft: number
}

/** Which kind of code proved the second factor. */
export type SecondFactorProof = 'code' | 'recovery code'

/** Returns whether a user has a second factor, and how many recovery codes are left. */
export async function getSecondFactor({ db }: Pick<Context, 'db'>, userId: string): Promise<SecondFactorState> {
  const factor = await findSecondFactor(db, userId)
  const confirmedAt = factor?.confirmedAt ?? null
  return { isOn: confirmedAt !== null, confirmedAt, recoveryCodesLeft: await countRecoveryCodes(db, userId) }
}

/**
 * Creates a secret for the caller's authenticator app; it takes effect once `confirmOwnSecondFactor` has accepted a
 * code. `host` distinguishes the accounts of several servers in the app. Throws ALREADY_EXISTS when a second factor is
 * on, and as `proveOwnPassword` does.
 */
export async function setUpSecondFactor(
  ctx: Context,
  principal: Principal,
  password: string,
  host: string,
): Promise<{ readonly secret: string; readonly uri: string }> {
  await proveOwnPassword(ctx, principal, password, 'password')
  const secret = createTotpSecret()
  const sealedSecret = ctx.secrets.seal(secret, secondFactorOwner(principal.id))
  await ctx.db.transaction(async (tx) => {
    await lockCredentials(tx, principal.id)
    if ((await findSecondFactor(tx, principal.id))?.confirmedAt) throw alreadyOn()
    await putUnconfirmedSecondFactor(tx, { userId: principal.id, sealedSecret, createdAt: new Date() })
  })
  return { secret, uri: totpUri(secret, `${principal.name}@${host}`) }
}

/**
 * Turns the caller's second factor on and returns the recovery codes, which are never shown again. Throws BAD_REQUEST
 * for a wrong code, NOT_FOUND when none was set up, ALREADY_EXISTS when it is on, and TOO_MANY_ATTEMPTS.
 */
export async function confirmOwnSecondFactor(ctx: Context, principal: Principal, code: string): Promise<string[]> {
  const codes = createRecoveryCodes()
  const confirmed = await ctx.attempts.guard(attempt(principal.name, principal.address), () =>
    ctx.db.transaction(async (tx) => {
      await lockCredentials(tx, principal.id)
      const factor = await findSecondFactor(tx, principal.id)
      if (factor === null) throw new AppError('NOT_FOUND', { message: 'no second factor was set up' })
      if (factor.confirmedAt !== null) throw alreadyOn()
      if (!(await spendCode(tx, ctx.secrets, principal.id, factor.sealedSecret, code))) return null
      await confirmSecondFactor(tx, principal.id, new Date())
      await replaceRecoveryCodes(tx, principal.id, codes.map(hashRecoveryCode))
      await recordChange(tx, principal, { secondFactor: false }, { secondFactor: true })
      return codes
    }),
  )
  if (confirmed !== null) return confirmed
  const message = 'the code is wrong or was used before'
  throw new AppError('BAD_REQUEST', { message, fields: [{ path: 'code', message }] })
}

/**
 * Replaces the caller's recovery codes and returns the new ones. Throws NOT_FOUND when no second factor is on, and as
 * `proveOwnPassword` does.
 */
export async function renewRecoveryCodes(ctx: Context, principal: Principal, password: string): Promise<string[]> {
  await proveOwnPassword(ctx, principal, password, 'password')
  const codes = createRecoveryCodes()
  await ctx.db.transaction(async (tx) => {
    await lockCredentials(tx, principal.id)
    if (!(await findSecondFactor(tx, principal.id))?.confirmedAt) throw isOff()
    await replaceRecoveryCodes(tx, principal.id, codes.map(hashRecoveryCode))
    await recordChange(tx, principal, null, { recoveryCodes: 'renewed' })
  })
  return codes
}

/** Turns the caller's second factor off. Throws NOT_FOUND when none is on, and as `proveOwnPassword` does. */
export async function turnSecondFactorOff(ctx: Context, principal: Principal, password: string): Promise<void> {
  await proveOwnPassword(ctx, principal, password, 'password')
  await ctx.db.transaction(async (tx) => {
    await lockCredentials(tx, principal.id)
    if (!(await deleteSecondFactor(tx, principal.id))) throw isOff()
    await recordChange(tx, principal, { secondFactor: true }, { secondFactor: false })
  })
}

/**
 * Checks the second factor of a user who logs on and whose row is locked. Returns `off` when none is on, `wrong` for a
 * wrong code, else the kind of code that proved it. An accepted code is used up. Throws SECOND_FACTOR_REQUIRED when
 * there is no code.
 */
export async function proveSecondFactor(
  tx: Transaction,
  secrets: SecretBox,
  userId: string,
  code: string | null,
): Promise<SecondFactorProof | 'off' | 'wrong'> {
  const factor = await findSecondFactor(tx, userId)
  if (factor === null || factor.confirmedAt === null) return 'off'
  if (code === null) throw new AppError('SECOND_FACTOR_REQUIRED')
  if (await spendCode(tx, secrets, userId, factor.sealedSecret, code)) return 'code'
  return (await spendRecoveryCode(tx, userId, hashRecoveryCode(code))) ? 'recovery code' : 'wrong'
}

/** Returns the attempt that a check of a second factor is counted as. */
export function attempt(account: string, address: string) {
  return { kind: 'second-factor', account, address } as const
}

/** Returns whether `code` is a current, unused code of the app, and marks it as used. */
async function spendCode(
  tx: Transaction,
  secrets: SecretBox,
  userId: string,
  sealedSecret: string,
  code: string,
): Promise<boolean> {
  const step = stepOfCode(secrets.open(sealedSecret, secondFactorOwner(userId)), code.replace(/\s/g, ''), new Date())
  return step !== null && (await spendStep(tx, userId, step))
}

async function recordChange(
  tx: Transaction,
  principal: Principal,
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>>,
): Promise<void> {
  const target = { type: 'USER', id: principal.id, name: principal.name } as const
  await insertAuditEvent(tx, principal, { action: 'UPDATE', target, before, after })
}

function alreadyOn(): AppError {
  return new AppError('ALREADY_EXISTS', { message: 'a second factor is on already; turn it off first' })
}

function isOff(): AppError {
  return new AppError('NOT_FOUND', { message: 'no second factor is on' })
}
