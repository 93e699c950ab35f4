import { useTranslations } from 'next-intl'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import type { TagEventKind } from '@/lib/domain/ledger'
import type { IconName } from '../ui/icon'
import { Status } from '../ui/status'

/** The icon of each kind of entry. */
export const eventIcons: Record<TagEventKind, IconName> = {
  CREATED: 'plus',
  MOVED: 'arrow',
  RESTORED: 'restore',
  REFUSED: 'refused',
  WOULD_BE_REFUSED: 'flag',
  DELETED: 'trash',
  RELEASED: 'free',
  OPENED: 'unlock',
  CLOSED: 'lock',
}

/** Why a push can be refused; other reasons are what people wrote. */
export const refusalReasons = ['TAG_IMMUTABLE', 'TAG_RESERVED', 'TAG_APPEND_ONLY'] as const

/** How an opening ended. */
const closings = ['CLOSED_BY_HAND', 'CLOSED_BY_TIME', 'CLOSED_BY_CLOCK'] as const

/** What happened. A refusal stands out. */
export function EventStatus({ kind }: { kind: TagEventKind }) {
  const t = useTranslations()
  return (
    <Status icon={eventIcons[kind]} {...(kind === 'REFUSED' && { tone: 'danger' as const })}>
      {t(`ledger.kinds.${kind}`)}
    </Status>
  )
}

/**
 * Why: the sentence that the client of a refused push saw, how an opening ended, or what a person wrote; null if
 * nothing is known.
 */
export function useReasonText() {
  const t = useTranslations()
  return ({ reason }: Pick<TagEventView, 'reason'>): string | null => {
    const known = [...refusalReasons, ...closings].find((one) => one === reason)
    return known === undefined ? reason : t(`ledger.sentences.${known}`)
  }
}

/** What the actor was authenticated with, in words; a credential with an id as that id. */
export function useCredentialText() {
  const t = useTranslations()
  return ({ actor, credential }: Pick<TagEventView, 'actor' | 'credential'>): string => {
    if (actor.startsWith('robot+')) return t('ledger.credentials.robot')
    if (credential === 'password') return t('ledger.credentials.password')
    if (credential === 'session') return t('ledger.credentials.session')
    return credential
  }
}

/** The client by the name it gave first, such as `docker/27.3.1`. */
export function clientOf({ userAgent }: Pick<TagEventView, 'userAgent'>): string {
  return userAgent.split(' ')[0] ?? ''
}

const shortDigestLength = 12

/** The digest before, and the one after it; one that was refused is struck out. */
export function DigestMove({ event }: { event: TagEventView }) {
  const { kind, currentDigest, pushedDigest } = event
  const short = (digest: string) => digest.slice(digest.indexOf(':') + 1).slice(0, shortDigestLength)
  return (
    <span className="move">
      {currentDigest && <code title={currentDigest}>{short(currentDigest)}</code>}
      {currentDigest && pushedDigest && <span aria-hidden="true">→</span>}
      {pushedDigest &&
        (kind === 'REFUSED' ? (
          <s>
            <code title={pushedDigest}>{short(pushedDigest)}</code>
          </s>
        ) : (
          <code title={pushedDigest}>{short(pushedDigest)}</code>
        ))}
    </span>
  )
}
