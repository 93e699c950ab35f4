import { useTranslations } from 'next-intl'
import { ApiError, UnreachableError } from '@/lib/api/client/api-error'

/** Codes with a text in the reader's language. The others show the server's message. */
const told = [
  'ALREADY_EXISTS',
  'ALREADY_OPEN',
  'ALREADY_RUNNING',
  'DENIED',
  'DIGEST_NOT_IN_HISTORY',
  'INTERNAL',
  'INVITATION_ENDED',
  'LAST_ADMINISTRATOR',
  'LIMIT_REACHED',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_GONE',
  'MANIFEST_UNKNOWN',
  'NOT_EMPTY',
  'NOT_FOUND',
  'OWN_ACCOUNT',
  'PRECONDITION_FAILED',
  'REPOSITORY_PROTECTED',
  'STORAGE_FULL',
  'TAG_APPEND_ONLY',
  'TAG_IMMUTABLE',
  'TAG_NOT_PROTECTED',
  'TAG_RESERVED',
  'TAG_UNDELETABLE',
  'UNAUTHORIZED',
  'UNAVAILABLE',
] as const

type ToldCode = (typeof told)[number]

function isTold(code: string): code is ToldCode {
  return told.some((one) => one === code)
}

/** Turns a failed call into a sentence: what happened, and that nothing was changed where that is so. */
export function useErrorText() {
  const t = useTranslations()
  return (error: unknown): string => {
    if (error instanceof UnreachableError) return t('errors.NETWORK')
    if (!(error instanceof ApiError)) return t('errors.UNREADABLE')
    if (error.code === 'TOO_MANY_ATTEMPTS') {
      const seconds = Number(error.problem.context?.['retryAfterSeconds'] ?? 60)
      return t('errors.TOO_MANY_ATTEMPTS', { minutes: Math.ceil(seconds / 60) })
    }
    if (error.code === 'ORIGIN_REFUSED') {
      const { expected, origin } = error.problem.context ?? {}
      return t('errors.ORIGIN_REFUSED', { expected: [expected].flat().join(', '), seen: String(origin) })
    }
    return isTold(error.code) ? t(`errors.${error.code}`) : error.message
  }
}
