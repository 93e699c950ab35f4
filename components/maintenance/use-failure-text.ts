import { useTranslations } from 'next-intl'

/** The server's sentences about failures that are told in the reader's language. */
const told = {
  'its process ended': 'processEnded',
  'the server was stopped': 'stopped',
  'another process has taken over': 'takenOver',
  'an unexpected error: the log has it': 'unexpected',
} as const

function isTold(failure: string): failure is keyof typeof told {
  return Object.hasOwn(told, failure)
}

/** Turns why a run failed into a sentence. What has no translation is shown as the server says it. */
export function useFailureText() {
  const t = useTranslations()
  return (failure: string): string => {
    if (isTold(failure)) return t(`maintenance.failures.${told[failure]}`)
    const unreadable = /^(\d+) blobs could not be read/.exec(failure)?.[1]
    return unreadable === undefined ? failure : t('maintenance.unreadable', { count: Number(unreadable) })
  }
}
