import { AppError } from '@/lib/domain/errors'
import { isCommonPassword } from './common-passwords'

/** Minimum length of a console password, in characters. */
const passwordMinLength = 12

/** Maximum length of a console password, in characters. */
const passwordMaxLength = 256

/**
 * Throws BAD_REQUEST, naming the request's `field`, for a console password that is too short, too long, the user name,
 * or common.
 */
export async function assertPasswordAllowed(password: string, userName: string, field: string): Promise<void> {
  const fault = await faultOf(password, userName)
  if (fault !== null) throw new AppError('BAD_REQUEST', { message: fault, fields: [{ path: field, message: fault }] })
}

async function faultOf(password: string, userName: string): Promise<string | null> {
  if (password.length < passwordMinLength || password.length > passwordMaxLength) {
    return `a password has ${passwordMinLength} to ${passwordMaxLength} characters`
  }
  if (password.toLowerCase() === userName.toLowerCase()) return 'the password must not be the user name'
  return (await isCommonPassword(password)) ? 'the password is a common one, easy to guess' : null
}
