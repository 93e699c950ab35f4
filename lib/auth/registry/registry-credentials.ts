import { hash } from 'node:crypto'
import { robotNamePrefix, temporaryUserName } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { robotUserName } from '@/lib/domain/robot-name'
import type { RefreshTokenRow, RefreshTokenSource } from '@/lib/metadata/refresh-tokens'
import {
  type RobotCredential,
  type TemporaryTokenCredential,
  type UsedCredential,
  type UserCredential,
  findRobotCredential,
  findRobotCredentialById,
  findTemporaryTokenCredential,
  findTemporaryTokenCredentialById,
  findUserCredential,
  findUserCredentialById,
  noteCredentialUse,
} from '@/lib/metadata/registry-credentials'
import type { Context } from '@/lib/context'
import type { Attempt } from '@/lib/auth/guessing/attempts'
import type { BasicCredentials } from '@/lib/auth/basic-credentials'
import type { Origin, Principal } from '@/lib/domain/principal'
import { recordFailedRegistryLogOn, recordRegistryLogOn } from './registry-log-on-events'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import { hashToken } from '@/lib/secrets/token-hash'

/** A credential of an instance's registry that was proven, and is in force. */
export interface RegistryCredential {
  readonly kind: 'user' | 'robot'
  /** Of the user or the robot. */
  readonly id: string
  /** As records name its bearer. */
  readonly name: string
  readonly role: Principal['role']
  /** `password`, or the id of the robot or the temporary token. */
  readonly credential: string
  /** What a refresh token for it is bound to. */
  readonly source: RefreshTokenSource
  /** When it ends by itself; null where it does not. */
  readonly endsAt: Date | null
}

/** Whose secret it would be, before that is known. */
interface Candidate extends RegistryCredential {
  /** What the secret is verified against; undefined where there is nothing. */
  readonly secretHash: string | undefined
  /** Why it is refused although the secret is right; null where it is not. */
  readonly refusal: string | null
  readonly used: UsedCredential
  readonly lastUsedAt: Date | null
}

/** The one answer to a wrong name and to a wrong secret. The hint is for everybody, so it tells nothing. */
const unknownMessage =
  'incorrect user name or password. A registry has passwords of its own: ' +
  'set one in the console under Instances > Access Credential'

/**
 * The credential of an instance that a name and a secret prove: a user's registry password, a robot's secret, or a
 * temporary token. All of it is read as it is now. `instanceId` is null where the request is for no instance.
 *
 * Throws UNAUTHORIZED: for a wrong name or secret always the same, after the same time; for a right one that is disabled,
 * expired or revoked, with a message that says so. Throws TOO_MANY_ATTEMPTS and UNAVAILABLE as `attempts.guard` does.
 */
export async function proveCredentials(
  ctx: Context,
  instanceId: string | null,
  { name, secret }: BasicCredentials,
  origin: Origin,
): Promise<RegistryCredential> {
  const candidate = instanceId === null ? null : await findCandidate(ctx, instanceId, name, secret)
  const isTemporary = name === temporaryUserName
  const account = isTemporary ? hashToken(secret) : `${instanceId} ${name}`
  const verify = isTemporary
    ? () => Promise.resolve(candidate !== null)
    : () => ctx.passwords.verify(candidate?.secretHash, secret)
  const isRemembered = isTemporary || ctx.passwords.isRemembered(candidate?.secretHash, secret)
  const attempt: Attempt = {
    kind: 'registry',
    account,
    address: origin.address,
    ...(isTemporary && { isBearer: true }),
  }
  return admit(ctx, { instanceId, candidate, attempt, verify, isRemembered, message: unknownMessage }, origin)
}

/**
 * The credential that a refresh token stands for. Throws as `proveCredentials`; a refresh token of another instance is as
 * good as none.
 */
export async function proveRefreshToken(
  ctx: Context,
  instanceId: string | null,
  { token, row }: { readonly token: string; readonly row: RefreshTokenRow | null },
  origin: Origin,
): Promise<RegistryCredential> {
  const isOfInstance = row !== null && row.instanceId === instanceId && row.expiresAt > new Date()
  const candidate = isOfInstance ? await findBearer(ctx, row) : null
  const attempt: Attempt = { kind: 'registry', account: hashToken(token), address: origin.address, isBearer: true }
  const verify = () => Promise.resolve(candidate !== null)
  const message = 'the refresh token is not valid or has expired: log on again'
  return admit(ctx, { instanceId, candidate, attempt, verify, isRemembered: true, message }, origin)
}

/**
 * The credential of a token's holder as it is now. Throws TOKEN_INVALID when it was taken away or changed since the token
 * was made, or is disabled, expired or revoked.
 */
export async function proveHolder(ctx: Context, instanceId: string, holder: TokenHolder): Promise<RegistryCredential> {
  const candidate = await findHolder(ctx, instanceId, holder)
  if (candidate === null || markOf(candidate.source) !== holder.secretMark) {
    throw new AppError('TOKEN_INVALID', {
      message: 'the credential that the token was made for has changed: log on again',
    })
  }
  if (candidate.refusal !== null) throw new AppError('TOKEN_INVALID', { message: candidate.refusal })
  return candidate
}

/** A credential in the words of the tokens that are made for it. */
export function holderOf({ kind, id, name, credential, source }: RegistryCredential): TokenHolder {
  return { kind, id, name, credential, secretMark: markOf(source) }
}

interface Admission {
  readonly instanceId: string | null
  readonly candidate: Candidate | null
  readonly attempt: Attempt
  /** Whether the secret is the candidate's. */
  readonly verify: () => Promise<boolean>
  /** Whether that is known without spending anything on it. */
  readonly isRemembered: boolean
  readonly message: string
}

async function admit(ctx: Context, admission: Admission, origin: Origin): Promise<RegistryCredential> {
  const { instanceId, candidate, attempt, verify, isRemembered, message } = admission
  // Of two ways to the same answer the first is cheap; the second counts failures. While there are any, it is the only
  // one: or what is remembered could be guessed without a limit.
  const proven =
    candidate !== null && isRemembered && ctx.attempts.isQuiet(attempt)
      ? candidate
      : await ctx.attempts.guard(attempt, async () => ((await verify()) ? candidate : null))
  const refusal = proven === null ? message : proven.refusal
  if (proven === null || refusal !== null) {
    const reason = proven === null ? 'wrong user name or secret' : (proven.refusal ?? '')
    const tried = attempt.account
    await recordFailedRegistryLogOn(ctx, { bearer: candidate, tried, instanceId, reason }, origin)
    throw new AppError('UNAUTHORIZED', { message: refusal ?? message })
  }
  if (instanceId !== null) await recordRegistryLogOn(ctx, { bearer: proven, instanceId }, origin)
  const { used, lastUsedAt } = proven
  const id = used.kind === 'password' ? `${used.userId} ${used.instanceId}` : used.id
  ctx.credentialUses.note({ id, lastUsedAt }, (at) => noteCredentialUse(ctx.db, used, { at, address: origin.address }))
  return proven
}

async function findCandidate(ctx: Context, instanceId: string, name: string, secret: string) {
  if (name === temporaryUserName) {
    const found = await findTemporaryTokenCredential(ctx.db, instanceId, hashToken(secret))
    return found && ofTemporaryToken(found)
  }
  if (name.startsWith(robotNamePrefix)) {
    const found = await findRobotCredential(ctx.db, instanceId, name.slice(robotNamePrefix.length))
    return found && ofRobot(found)
  }
  const found = await findUserCredential(ctx.db, instanceId, name)
  return found && ofUser(found, instanceId)
}

async function findHolder(ctx: Context, instanceId: string, { kind, id, credential }: TokenHolder) {
  if (kind === 'anonymous') return null
  if (kind === 'robot') return findBearer(ctx, { instanceId, userId: null, robotId: id, temporaryTokenId: null })
  return credential === 'password'
    ? findBearer(ctx, { instanceId, userId: id, robotId: null, temporaryTokenId: null })
    : findBearer(ctx, { instanceId, userId: null, robotId: null, temporaryTokenId: credential })
}

async function findBearer(ctx: Context, bearer: Omit<RefreshTokenRow, 'expiresAt'>): Promise<Candidate | null> {
  const { instanceId, userId, robotId, temporaryTokenId } = bearer
  if (temporaryTokenId !== null) {
    const found = await findTemporaryTokenCredentialById(ctx.db, instanceId, temporaryTokenId)
    return found && ofTemporaryToken(found)
  }
  if (robotId !== null) {
    const found = await findRobotCredentialById(ctx.db, instanceId, robotId)
    return found && ofRobot(found)
  }
  const found = userId === null ? null : await findUserCredentialById(ctx.db, instanceId, userId)
  return found && found.passwordHash !== null ? ofUser(found, instanceId) : null
}

function ofUser({ user, passwordHash, lastUsedAt }: UserCredential, instanceId: string): Candidate {
  return {
    ...bearerOf(user),
    credential: 'password',
    source: { userId: user.id, passwordHash: passwordHash ?? '' },
    endsAt: null,
    secretHash: passwordHash ?? undefined,
    refusal: refusalOfUser(user),
    used: { kind: 'password', userId: user.id, instanceId },
    lastUsedAt,
  }
}

function ofTemporaryToken({ id, user, expiresAt, revokedAt, lastUsedAt }: TemporaryTokenCredential): Candidate {
  const refusal =
    revokedAt !== null
      ? 'the temporary token was revoked'
      : expiresAt <= new Date()
        ? 'the temporary token has expired'
        : refusalOfUser(user)
  return {
    ...bearerOf(user),
    credential: id,
    source: { temporaryTokenId: id },
    endsAt: expiresAt,
    secretHash: undefined,
    refusal,
    used: { kind: 'temporaryToken', id },
    lastUsedAt,
  }
}

function ofRobot({ id, name, secretHash, isDisabled, expiresAt, lastUsedAt }: RobotCredential): Candidate {
  const userName = robotUserName(name)
  const isExpired = expiresAt !== null && expiresAt <= new Date()
  return {
    kind: 'robot',
    id,
    name: userName,
    role: 'MEMBER',
    credential: id,
    source: { robotId: id, secretHash },
    endsAt: expiresAt,
    secretHash,
    refusal: isDisabled
      ? `the robot ${userName} is disabled`
      : isExpired
        ? `the robot's credential expired on ${expiresAt.toISOString().slice(0, 10)}`
        : null,
    used: { kind: 'robot', id },
    lastUsedAt,
  }
}

function bearerOf({ id, name, role }: UserCredential['user']) {
  return { kind: 'user', id, name, role } as const
}

function refusalOfUser({ name, isDisabled }: UserCredential['user']): string | null {
  return isDisabled ? `the user ${name} is disabled` : null
}

/** Says nothing of the secret, and is another one when that changes. */
function markOf(source: RefreshTokenSource): string {
  const text = 'userId' in source ? source.passwordHash : 'robotId' in source ? source.secretHash : ''
  return hash('sha256', text, 'base64url').slice(0, 16)
}
