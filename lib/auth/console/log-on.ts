import { AppError } from '@/lib/domain/errors'
import { typedUserName } from '@/lib/domain/user-name'
import { lockCredentials, noteLogOn } from '@/lib/metadata/user-credentials'
import { type User, findUserWithPasswordHash } from '@/lib/metadata/users'
import type { Context } from '@/lib/context'
import { type FailedLogOn, insertFailedLogOn, recordFailedLogOn, recordLogOn } from './log-on-events'
import { attempt, proveSecondFactor } from './second-factor'
import type { Origin } from '@/lib/domain/principal'
import { type StartedSession, beginSession } from './sessions'

/** What a person types to log on to the console. */
export interface LogOnInput {
  readonly userName: string
  readonly password: string
  /** A code of the authenticator app, or a recovery code; null in the first step. */
  readonly code: string | null
}

type Outcome = { readonly session: StartedSession } | { readonly refusal: AppError }

/**
 * Logs a user on, in one step or two: SECOND_FACTOR_REQUIRED asks a user with a second factor to send everything again
 * with a code. Nothing is kept between the steps. `formerToken` is the token that the browser held before.
 *
 * Throws UNAUTHORIZED for a wrong name or password, the same for both; SECOND_FACTOR_REQUIRED; SECOND_FACTOR_INVALID
 * for a wrong code; DENIED for a disabled user, once the password is proven; TOO_MANY_ATTEMPTS; UNAVAILABLE.
 */
export async function logOnByPassword(
  ctx: Context,
  typed: LogOnInput,
  origin: Origin,
  formerToken: string | null,
): Promise<StartedSession> {
  const input = { ...typed, userName: typedUserName(typed.userName) }
  const { user, passwordHash } = await provePassword(ctx, input, origin)
  const finish = () => finishLogOn(ctx, { user, passwordHash, code: input.code }, origin, formerToken)
  const outcome =
    input.code === null
      ? await finish()
      : await ctx.attempts.guard(attempt(input.userName, origin.address), async () => {
          const tried = await finish()
          return 'refusal' in tried && tried.refusal.code === 'SECOND_FACTOR_INVALID' ? null : tried
        })
  if (outcome === null) throw new AppError('SECOND_FACTOR_INVALID')
  if ('refusal' in outcome) throw outcome.refusal
  return outcome.session
}

async function provePassword(
  ctx: Context,
  { userName, password }: LogOnInput,
  origin: Origin,
): Promise<{ user: User; passwordHash: string }> {
  const found = await findUserWithPasswordHash(ctx.db, userName)
  const passwordHash = found?.passwordHash ?? undefined
  const fits = await ctx.attempts.prove(
    {
      kind: 'password',
      account: userName,
      address: origin.address,
      secret: password,
      comparedWith: passwordHash ?? null,
    },
    () => ctx.passwords.verify(passwordHash, password),
  )
  if (fits && found !== null && passwordHash !== undefined) return { user: found.user, passwordHash }
  const reason = 'wrong user name or password'
  await recordFailedLogOn(ctx, { ...failed(found?.user ?? null, reason), tried: userName }, origin)
  throw wrongPassword()
}

/** Decides under the lock of the user's row, and records the result in the same transaction, a refusal too. */
async function finishLogOn(
  { config, db, secrets, failedLogOns }: Context,
  proven: { readonly user: User; readonly passwordHash: string; readonly code: string | null },
  origin: Origin,
  formerToken: string | null,
): Promise<Outcome> {
  return db.transaction(async (tx) => {
    const refuse = async (reason: string, refusal: AppError): Promise<Outcome> => {
      await insertFailedLogOn(tx, failedLogOns, failed(proven.user, reason), origin)
      return { refusal }
    }
    const now = await lockCredentials(tx, proven.user.id)
    // The password changed after it was verified. The change ended all sessions, and the old password must not begin
    // one.
    if (now === null || now.passwordHash !== proven.passwordHash) return refuse('wrong password', wrongPassword())
    if (now.user.isDisabled) {
      return refuse('the user is disabled', new AppError('DENIED', { message: 'this account is disabled' }))
    }
    const proof = await proveSecondFactor(tx, secrets, now.user.id, proven.code)
    if (proof === 'wrong') return refuse('wrong code of the second factor', new AppError('SECOND_FACTOR_INVALID'))
    const session = await beginSession({ config }, tx, now.user, origin, formerToken)
    await noteLogOn(tx, now.user.id, new Date())
    await recordLogOn(tx, now.user, 'password', origin, proof === 'off' ? null : { secondFactor: proof })
    return { session }
  })
}

function failed(user: User | null, reason: string): FailedLogOn {
  return { user, credential: 'password', reason }
}

function wrongPassword(): AppError {
  return new AppError('UNAUTHORIZED', { message: 'incorrect user name or password' })
}
