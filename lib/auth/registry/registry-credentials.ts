import { hash } from 'node:crypto'
import { robotNamePrefix, temporaryUserName } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { robotUserName } from '@/lib/domain/robot-name'
import { typedUserName } from '@/lib/domain/user-name'
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
import type { SecretAttempt } from '@/lib/auth/guessing/attempts'
import type { BasicCredentials } from '@/lib/auth/basic-credentials'
import type { Origin, Principal } from '@/lib/domain/principal'
import { recordFailedRegistryLogOn, recordRegistryLogOn } from './registry-log-on-events'
import type { TokenHolder } from '@/lib/secrets/registry-tokens'
import { hashToken } from '@/lib/secrets/token-hash'

/** A proven, valid credential of an instance's registry. */
export interface RegistryCredential {
  readonly kind: 'user' | 'robot'
  /** Of the user or the robot. */
  readonly id: string
  /** The bearer's name in audit records. */
  readonly name: string
  readonly role: Principal['role']
  /** `password`, or the id of the robot or the temporary token. */
  readonly credential: string
  /** What a refresh token for it is bound to. */
  readonly source: RefreshTokenSource
  /** When it expires; null when it does not. */
  readonly endsAt: Date | null
}

/** The credential that a secret may belong to, before the secret is verified. */
interface Candidate extends RegistryCredential {
  /** The hash that the secret is verified against; undefined when there is none. */
  readonly secretHash: string | undefined
  /** Why it is refused although the secret is right; null when it is accepted. */
  readonly refusal: string | null
  readonly used: UsedCredential
  readonly lastUsedAt: Date | null
}

/** The same answer for a wrong name and for a wrong secret. Every caller gets the hint, so it reveals nothing. */
const unknownMessage =
  'incorrect user name or password. A registry has passwords of its own: ' +
  'set one in the console under Instances > Access Credential'

/**
 * Returns the credential of an instance that a name and a secret prove: a user's registry password, a robot's secret,
 * or a temporary token. It is read from the database each time. `instanceId` is null when the request is for no
 * instance.
 *
 * Throws UNAUTHORIZED: the same error after the same time for a wrong name and for a wrong secret; an error that says
 * why for a right secret that is disabled, expired or revoked. Throws TOO_MANY_ATTEMPTS and UNAVAILABLE as
 * `attempts.prove` does.
 */
export async function proveCredentials(
  ctx: Context,
  instanceId: string | null,
  { name: typedName, secret }: BasicCredentials,
  origin: Origin,
): Promise<RegistryCredential> {
  const name = typedUserName(typedName)
  const candidate = instanceId === null ? null : await findCandidate(ctx, instanceId, name, secret)
  const message = unknownMessage
  if (name === temporaryUserName) {
    return admit(ctx, { instanceId, candidate, ...attemptOfToken(secret, candidate, origin), message }, origin)
  }
  const attempt: SecretAttempt = {
    kind: 'registry',
    account: `${instanceId} ${name}`,
    ...(name.startsWith(robotNamePrefix) && { isUnguessable: true }),
    address: origin.address,
    secret,
    comparedWith: candidate?.secretHash ?? null,
  }
  const verify = () => ctx.passwords.verify(candidate?.secretHash, secret)
  return admit(ctx, { instanceId, candidate, attempt, verify, message }, origin)
}

/**
 * Returns the credential that a refresh token stands for. Throws as `proveCredentials` does; a refresh token of another
 * instance is not valid.
 */
export async function proveRefreshToken(
  ctx: Context,
  instanceId: string | null,
  { token, row }: { readonly token: string; readonly row: RefreshTokenRow | null },
  origin: Origin,
): Promise<RegistryCredential> {
  const isOfInstance = row !== null && row.instanceId === instanceId && row.expiresAt > new Date()
  const candidate = isOfInstance ? await findBearer(ctx, row) : null
  const message = 'the refresh token is not valid or has expired: log on again'
  return admit(ctx, { instanceId, candidate, ...attemptOfToken(token, candidate, origin), message }, origin)
}

/**
 * Returns the current credential of a token's holder. Throws TOKEN_INVALID when it was removed or changed after the
 * token was issued, or is disabled, expired or revoked.
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

/** Returns the token holder for a credential. */
export function holderOf({ kind, id, name, credential, source }: RegistryCredential): TokenHolder {
  return { kind, id, name, credential, secretMark: markOf(source) }
}

interface Admission {
  readonly instanceId: string | null
  readonly candidate: Candidate | null
  readonly attempt: SecretAttempt
  /** Whether the secret is the candidate's. */
  readonly verify: () => Promise<boolean>
  readonly message: string
}

/**
 * The attempt of a token that was looked up by its hash. The token is the account too: it names its bearer, and a token
 * that does not exist must not lock anybody out.
 */
function attemptOfToken(secret: string, candidate: Candidate | null, { address }: Origin) {
  const tokenHash = hashToken(secret)
  const comparedWith = candidate === null ? null : tokenHash
  const attempt = { kind: 'registry', account: tokenHash, isUnguessable: true, address, secret, comparedWith } as const
  return { attempt, verify: () => Promise.resolve(candidate !== null) }
}

async function admit(ctx: Context, admission: Admission, origin: Origin): Promise<RegistryCredential> {
  const { instanceId, candidate, attempt, verify, message } = admission
  const proven = (await ctx.attempts.prove(attempt, verify)) ? candidate : null
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

async function findBearer(
  ctx: Context,
  bearer: Omit<RefreshTokenRow, 'lastUsedAt' | 'expiresAt'>,
): Promise<Candidate | null> {
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

/** Returns a mark that reveals nothing about the secret and changes with it. */
function markOf(source: RefreshTokenSource): string {
  const text = 'userId' in source ? source.passwordHash : 'robotId' in source ? source.secretHash : ''
  return hash('sha256', text, 'base64url').slice(0, 16)
}
