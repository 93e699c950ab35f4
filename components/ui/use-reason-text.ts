import { useTranslations } from 'next-intl'
import { ApiError } from '@/lib/api/client/api-error'
import type { Reason } from './reasons'
import { useErrorText } from './use-error-text'

/** What the server says of fields whose values the console takes for right; each has a text in the reader's language. */
export const toldReasons = {
  'the password is wrong': 'passwordWrong',
  'the code is wrong or was used before': 'codeWrong',
  'the password must not be the user name': 'passwordIsName',
  'the password is a common one, easy to guess': 'passwordCommon',
  'the new password must differ from the current one': 'passwordSame',
  'no user and no robot of this instance has this id': 'subjectGone',
  'an id of an instance, or of what it holds': 'scopeGone',
  'an id of the instance, or of what it holds': 'scopeGone',
  'it is given twice': 'twice',
  'a namespace of the instance': 'namespaceGone',
  'a time to come, or null': 'past',
  'required for immutable tags': 'reasonMissing',
  'contains a null character': 'nullCharacter',
  'no control characters': 'controlCharacters',
} as const

/** Says why the server refused a field: in the reader's language where the console has a text for it, else as the server. */
export function useReasonText() {
  const t = useTranslations()
  const errorText = useErrorText()
  return (error: unknown, message: string): Reason => {
    const told = Object.entries(toldReasons).find(([reason]) => reason === message)
    if (told) return { text: t(`reasons.${told[1]}`), isTold: true }
    // What the error's code says is said of its only field.
    const isWhole = error instanceof ApiError && error.code !== 'BAD_REQUEST' && error.problem.detail === message
    return { text: isWhole ? errorText(error) : message, isTold: false }
  }
}
