import { type Principal } from '@/lib/domain/principal'
import { actions } from '@/lib/acr/actions'
import { AppError } from '@/lib/domain/errors'
import { acrAnswers } from './acr-answers'
import type { Context } from '@/lib/context'
import { userId } from './test-world'

/** Parameters as a request has them. */
export type AcrParameters = Readonly<Record<string, string>>

/** The answer of an action, with the fields of every kind of answer; the test says which it expects. */
export interface AcrAnswer {
  readonly [field: string]: unknown
  readonly RepoId: string
  readonly TotalCount: string | number
  readonly NextToken: string
  readonly Namespaces: readonly Readonly<Record<string, unknown>>[]
  readonly Repositories: readonly Readonly<Record<string, unknown>>[]
  readonly Images: readonly Readonly<Record<string, unknown>>[]
  readonly Instances: readonly Readonly<Record<string, unknown>>[]
}

/** A user of the test world, as the door proves one by an access key. */
export function acrCaller(name: string): Principal {
  const role = name === 'admin' ? 'ADMINISTRATOR' : 'MEMBER'
  const origin = { address: '192.0.2.7', userAgent: 'test' }
  return { kind: 'user', id: userId(name), name, role, credential: 'KEY', token: null, ...origin }
}

/**
 * Runs an action as the door does, without the door: reads its parameters, runs it, and checks the answer's types. Throws
 * AppError; BAD_REQUEST for parameters that are not valid.
 */
export async function runAction(
  ctx: Context,
  principal: Principal,
  name: string,
  parameters: AcrParameters,
  host = 'localhost:3000',
): Promise<AcrAnswer> {
  const action = actions[name]
  const answer = acrAnswers[name]
  if (action === undefined || answer === undefined) throw new Error(`no action ${name}`)
  const { success, data, error } = action.input.safeParse(parameters)
  if (!success) {
    const fields = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw new AppError('BAD_REQUEST', { fields })
  }
  const given = await action.run({ ctx, principal, input: data, host })
  // As it leaves: JSON leaves out what is undefined.
  return answer.parse(JSON.parse(JSON.stringify(given))) as unknown as AcrAnswer
}

/** What comes of an action in words: `ok`, or the code and what it is about: `NOT_FOUND repository`, `BAD_REQUEST Tag`. */
export async function outcomeOf(running: Promise<unknown>): Promise<string> {
  try {
    await running
    return 'ok'
  } catch (error) {
    if (!AppError.is(error)) throw error
    const about = error.about ?? error.fields?.map(({ path }) => path).join(',')
    return about === undefined || about === '' ? error.code : `${error.code} ${about}`
  }
}
