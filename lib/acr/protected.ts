import { AppError } from '@/lib/domain/errors'

/** Longest list of names in a message, in characters. */
const namesMax = 300

/**
 * Does `work`. Its REPOSITORY_PROTECTED gets a message that names what is protected and says what to do, because nothing but
 * the message reaches the user of an SDK or of Terraform.
 */
export async function sayingWhatProtects(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!AppError.is(error) || error.code !== 'REPOSITORY_PROTECTED') throw error
    const { detail = {} } = error
    const names = [detail['tags'] ?? detail['repositories'] ?? []].flat().join(', ')
    const shown = names.length > namesMax ? `${names.slice(0, namesMax)}…` : names
    const advice = 'Set TagImmutability to false first, or delete it in the console with a reason.'
    throw new AppError(error.code, { message: `${error.message}: ${shown}. ${advice}`, detail, cause: error })
  }
}
