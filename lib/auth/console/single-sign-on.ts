import { z } from 'zod'
import { createId } from '@/lib/domain/ids'
import { nextPath } from '@/lib/domain/next-path'
import { AppError } from '@/lib/domain/errors'
import type { SingleSignOnSettings } from '@/lib/config'
import { type AuditEventOf, insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Transaction } from '@/lib/metadata/engine/database'
import { isUniqueViolation } from '@/lib/metadata/engine/failures'
import { type UserCredentials, endCredentials, lockCredentials, noteLogOn } from '@/lib/metadata/user-credentials'
import {
  type Identity,
  demoteRefused,
  findUserByIdentity,
  insertIdentity,
  updateFromProvider,
} from '@/lib/metadata/user-identities'
import { type User, assertAnotherAdministrator, findUserWithPasswordHash, insertUser } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'
import { insertFailedLogOn, recordFailedLogOn, recordLogOn } from './log-on-events'
import { type ProvidedUser, displayNameOf, readProvidedUser, userNamesFor } from './provider-claims'
import { type Claims, type PendingAuthorization, authorizationUrl, readClaims } from './single-sign-on-provider'
import type { Origin } from '@/lib/domain/principal'
import { type StartedSession, beginSession } from './sessions'

/** How long a user may take at the provider, in seconds. */
export const singleSignOnLifetimeSeconds = 10 * 60

/** Why the log-on was refused, as a value for the URL: the log-on page translates it. */
export type SingleSignOnRefusal =
  /** The provider did not answer, or its answer is not valid. */
  | 'failed'
  /** The user or the provider refused. */
  | 'cancelled'
  /** It began in another browser, or too long ago. */
  | 'expired'
  /** The user is in none of the admitted groups. */
  | 'not-allowed'
  /** The user is disabled here. */
  | 'disabled'

/** The result of single sign-on: a session or a refusal, and the page that was requested. */
export type SingleSignOnOutcome = { readonly next: string } & (
  { readonly session: StartedSession } | { readonly refusal: SingleSignOnRefusal }
)

/** What the browser keeps, sealed, while the user is at the provider. */
const pendingSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
  expiresAtMs: z.number(),
})

const sealOwner = 'single-sign-on'

/**
 * Returns the URL to send the browser to, from which it comes back to `redirectUri`, and what it must keep until then.
 * Throws NOT_FOUND when the settings name no provider. Returns a refusal when the provider does not answer.
 */
export async function startSingleSignOn(
  ctx: Context,
  redirectUri: string,
  next: string | undefined,
): Promise<
  { readonly url: string; readonly sealed: string } | { readonly refusal: SingleSignOnRefusal; next: string }
> {
  const settings = settingsOf(ctx)
  const wanted = nextPath(next)
  try {
    const { url, pending } = await authorizationUrl(settings, redirectUri)
    const expiresAtMs = Date.now() + singleSignOnLifetimeSeconds * 1000
    const kept: z.output<typeof pendingSchema> = { ...pending, next: wanted, expiresAtMs }
    return { url, sealed: ctx.secrets.seal(JSON.stringify(kept), sealOwner) }
  } catch (error) {
    ctx.log.error({ err: error, issuer: settings.issuer }, 'the provider of single sign-on cannot be asked')
    return { refusal: 'failed', next: wanted }
  }
}

/**
 * Logs on the user whom the provider has sent back to `callbackUrl`. The user is found by issuer and subject, or
 * created the first time; an existing user is never matched by name. The role follows the provider's groups when the
 * settings say so, except that the last administrator stays one. A user who is in no admitted group any more loses the
 * role and everything that lets them in elsewhere. Throws TOO_MANY_ATTEMPTS.
 */
export async function finishSingleSignOn(
  ctx: Context,
  callbackUrl: URL,
  sealed: string | null,
  origin: Origin,
  formerToken: string | null,
): Promise<SingleSignOnOutcome> {
  const settings = settingsOf(ctx)
  const pending = openPending(ctx, sealed)
  if (pending === null) return { refusal: 'expired', next: '/' }
  const { next } = pending
  const parameters = callbackUrl.searchParams
  if (parameters.has('error') && parameters.get('state') === pending.state) {
    ctx.log.warn({ error: parameters.get('error'), issuer: settings.issuer }, 'single sign-on was refused')
    return { refusal: 'cancelled', next }
  }
  // Each attempt sends a request to the provider, which could block this server for one client's many attempts.
  const { state } = pending
  const attempt = { kind: 'single-sign-on', account: state, address: origin.address, isUnguessable: true } as const
  const claims = await ctx.attempts.guard(attempt, () => askProvider(ctx, settings, callbackUrl, pending))
  if (claims === null) {
    await recordFailedLogOn(ctx, failed(null, 'the provider’s answer does not hold'), origin)
    return { refusal: 'failed', next }
  }
  const identity = { issuer: claims.iss, subject: claims.sub }
  const provided = readProvidedUser(claims, settings)
  if (provided.nearGroups.length > 0) {
    const groups = provided.nearGroups.slice(0, 10)
    ctx.log.warn(
      { groups, subject: claims.sub },
      'groups differ from configured ones in case, so they are other groups',
    )
  }
  return { next, ...(await logOnAs(ctx, identity, provided, origin, formerToken)) }
}

/** Returns the provider's claims; null when they cannot be read or are not valid, which is logged. */
async function askProvider(
  { log }: Context,
  settings: SingleSignOnSettings,
  callbackUrl: URL,
  pending: PendingAuthorization,
): Promise<Claims | null> {
  try {
    return await readClaims(settings, callbackUrl, pending)
  } catch (error) {
    log.error({ err: error, issuer: settings.issuer }, 'single sign-on failed')
    return null
  }
}

type Outcome = { readonly session: StartedSession } | { readonly refusal: SingleSignOnRefusal }

async function logOnAs(
  ctx: Context,
  identity: Identity,
  provided: ProvidedUser,
  origin: Origin,
  formerToken: string | null,
): Promise<Outcome> {
  try {
    return await ctx.db.transaction((tx) => decide(ctx, tx, identity, provided, origin, formerToken))
  } catch (error) {
    // Two first log-ons of one user, or for one name, came at once: the other was first, and is found now.
    if (!isUniqueViolation(error)) throw error
    return ctx.db.transaction((tx) => decide(ctx, tx, identity, provided, origin, formerToken))
  }
}

async function decide(
  { config, log, failedLogOns }: Context,
  tx: Transaction,
  identity: Identity,
  provided: ProvidedUser,
  origin: Origin,
  formerToken: string | null,
): Promise<Outcome> {
  const refuse = async (user: User | null, refusal: SingleSignOnRefusal, reason: string): Promise<Outcome> => {
    await insertFailedLogOn(tx, failedLogOns, failed(user, reason), origin)
    return { refusal }
  }
  const known = await findUserByIdentity(tx, identity)
  // Read again under the lock, so that disabling the user happens entirely before or after.
  const credentials = known === null ? null : await lockCredentials(tx, known.id)
  const user = credentials?.user ?? null
  if (!provided.isLetIn) {
    const reason = 'in none of the groups that are let in'
    if (credentials !== null) await endAccess({ tx, log }, credentials, origin, reason)
    return refuse(user, 'not-allowed', reason)
  }
  if (user?.isDisabled === true) return refuse(user, 'disabled', 'the user is disabled')
  const { user: present, change } =
    user === null ? await make(tx, identity, provided) : await follow({ tx, log }, user, provided)
  const session = await beginSession({ config }, tx, present, origin, formerToken)
  await noteLogOn(tx, present.id, new Date())
  if (change !== null) await recordProvided(tx, present, origin, change)
  await recordLogOn(tx, present, 'single-sign-on', origin)
  return { session }
}

/** What single sign-on changed about a user, to be recorded last in the transaction. */
type ProvidedChange = Pick<AuditEventOf<'CREATE' | 'UPDATE'>, 'action' | 'before' | 'after'>

interface Provided {
  readonly user: User
  /** Null when nothing changed. */
  readonly change: ProvidedChange | null
}

async function make(tx: Transaction, identity: Identity, provided: ProvidedUser): Promise<Provided> {
  const { claimedName } = provided
  const name = await findFreeName(tx, claimedName, identity)
  // A name that had to be changed is shown, so that administrators recognize the person.
  const displayName =
    provided.displayName || (name === claimedName.replace(/@.*$/s, '') ? '' : displayNameOf(claimedName))
  const user = {
    id: createId('user'),
    name,
    displayName,
    role: provided.role ?? ('MEMBER' as const),
    isDisabled: false,
  }
  await insertUser(tx, { id: user.id, name, displayName, role: user.role, passwordHash: null })
  await insertIdentity(tx, { ...identity, userId: user.id, createdAt: new Date() })
  const after = { name, claimedName, displayName, role: user.role, ...identity }
  return { user, change: { action: 'CREATE', before: null, after } }
}

/** A name for a new user that nobody has: a user who is there already is never taken over. */
async function findFreeName(tx: Transaction, claimedName: string, identity: Identity): Promise<string> {
  const names = userNamesFor(claimedName, identity)
  for (;;) {
    const name = names.next().value
    if ((await findUserWithPasswordHash(tx, name)) === null) return name
  }
}

/** Applies the provider's current role and display name. Without a display name there, the one here stays. */
async function follow(
  { tx, log }: { readonly tx: Transaction; readonly log: Context['log'] },
  user: User,
  provided: ProvidedUser,
): Promise<Provided> {
  const role = provided.role === 'MEMBER' ? await roleAfterDemotion({ tx, log }, user) : (provided.role ?? user.role)
  const displayName = provided.displayName === '' ? user.displayName : provided.displayName
  if (role === user.role && displayName === user.displayName) return { user, change: null }
  await updateFromProvider(tx, user.id, { role, displayName })
  const before = { role: user.role, displayName: user.displayName }
  return { user: { ...user, role, displayName }, change: { action: 'UPDATE', before, after: { role, displayName } } }
}

/** Returns MEMBER, unless this is the last administrator: a faulty provider must not leave the server without one. */
async function roleAfterDemotion(
  { tx, log }: { readonly tx: Transaction; readonly log: Context['log'] },
  user: User,
): Promise<User['role']> {
  if (user.role === 'MEMBER') return 'MEMBER'
  try {
    await assertAnotherAdministrator(tx, user.id)
    return 'MEMBER'
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'LAST_ADMINISTRATOR') throw error
    log.warn({ user: user.name }, 'the last administrator stays one, although in none of the groups of administrators')
    return 'ADMINISTRATOR'
  }
}

/**
 * Ends what a user holds here whom the provider no longer lets in: all credentials, the administrator role and a
 * console password. The last administrator keeps the role and the password, so that a faulty provider cannot lock
 * everybody out. Recorded when anything ended.
 */
async function endAccess(
  { tx, log }: { readonly tx: Transaction; readonly log: Context['log'] },
  { user, passwordHash }: UserCredentials,
  origin: Origin,
  reason: string,
): Promise<void> {
  const keepsRole = !user.isDisabled && (await roleAfterDemotion({ tx, log }, user)) === 'ADMINISTRATOR'
  const ended = await endCredentials(tx, user.id, new Date())
  const losesRole = user.role === 'ADMINISTRATOR' && !keepsRole
  const losesPassword = passwordHash !== null && !keepsRole
  if (losesRole || losesPassword) await demoteRefused(tx, user.id)
  if (!losesRole && !losesPassword && Object.values(ended).every((count) => count === 0)) return
  const before = losesRole ? { role: user.role } : {}
  const after = {
    ...(losesRole && { role: 'MEMBER' }),
    ...(losesPassword && { password: 'removed' }),
    ended,
  }
  const target = { type: 'USER', id: user.id, name: user.name } as const
  const actor = { name: user.name, credential: 'single-sign-on', ...origin }
  await insertAuditEvent(tx, actor, { action: 'UPDATE', target, before, after, reason })
}

async function recordProvided(tx: Transaction, user: User, origin: Origin, change: ProvidedChange): Promise<void> {
  const target = { type: 'USER', id: user.id, name: user.name } as const
  await insertAuditEvent(tx, { name: user.name, credential: 'single-sign-on', ...origin }, { ...change, target })
}

/** Returns what the browser kept; null when it kept nothing, or it was not sealed here or has expired. */
function openPending({ secrets }: Context, sealed: string | null): z.output<typeof pendingSchema> | null {
  if (sealed === null) return null
  try {
    const pending = pendingSchema.parse(JSON.parse(secrets.open(sealed, sealOwner)))
    return pending.expiresAtMs > Date.now() ? pending : null
  } catch {
    // What does not open was not sealed here.
    return null
  }
}

function settingsOf({ config }: Context): SingleSignOnSettings {
  if (config.singleSignOn === null) throw new AppError('NOT_FOUND', { message: 'single sign-on is not configured' })
  return config.singleSignOn
}

function failed(user: User | null, reason: string) {
  return { user, credential: 'single-sign-on', reason } as const
}
