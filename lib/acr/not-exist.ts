import { type About, AppError } from '@/lib/domain/errors'
import { getInstance } from '@/lib/registry/instances/get-instance'
import type { ActionCall } from './action'

/** The error for something that does not exist, or that the caller may not know of. */
export function notExist(about: About): AppError {
  return new AppError('NOT_FOUND', { message: `the ${about} does not exist`, about })
}

/** A call that names an instance. */
export interface CallInInstance extends Omit<ActionCall, 'input'> {
  readonly input: { readonly InstanceId: string }
}

/**
 * Does `work`. Its NOT_FOUND becomes one that says what does not exist: the instance, where the caller does not see that,
 * else what it is `about`. SDKs and Terraform tell these apart.
 */
export async function lookingFor<T>(about: About, call: CallInInstance, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'NOT_FOUND') throw error
    throw notExist((await seesInstance(call)) ? about : 'instance')
  }
}

async function seesInstance({ ctx, principal, input, host }: CallInInstance): Promise<boolean> {
  try {
    await getInstance(ctx, principal, input.InstanceId, host)
    return true
  } catch (error) {
    if (AppError.is(error) && error.code === 'NOT_FOUND') return false
    throw error
  }
}
