'use client'

import { useTranslations } from 'next-intl'
import type { TagHistoryEntryView } from '@/lib/api/schemas/tag-history'
import { clientOf, eventIcons, useCredentialText } from '../ledger/event-texts'
import { TextButton } from '../ui/button'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { Skeleton } from '../ui/states'
import { Time } from '../ui/time'
import { shortDigest } from '../ui/digest'

interface TagTimelineProps {
  /** Null while they load. */
  entries: readonly TagHistoryEntryView[] | null
  currentDigest: string | null
  /** Whether the person may restore, and the tag may move. */
  mayRestore: boolean
  /** Where the refused pushes of the tag are listed. */
  refusalsHref: string
  /** The page of a digest. */
  digestHref: (digest: string) => string
  /** The comparison of a digest with the current one; null: there is no current one. */
  compareHref: (digest: string) => string | null
  onRestore: (digest: string) => void
}

/** What happened to a tag, newest first: each digest that it had, when, by whom, with what and from where. */
export function TagTimeline({ entries, ...props }: TagTimelineProps) {
  const t = useTranslations()
  if (entries === null) {
    return (
      <p className="section-body" role="status" aria-label={t('tagHistory.loading')}>
        <Skeleton width="xl" />
      </p>
    )
  }
  return (
    <ol className="timeline">
      {entries.map((entry, index) => (
        <Entry
          key={entry.id}
          entry={entry}
          // Of a digest that the tag had several times, the newest entry offers it.
          isFirst={entries.findIndex(({ digest, kind }) => digest === entry.digest && kind !== 'REFUSED') === index}
          isPresent={(digest) => entries.some((other) => other.digest === digest && other.isManifestPresent)}
          {...props}
        />
      ))}
    </ol>
  )
}

type EntryProps = Omit<TagTimelineProps, 'entries'> & {
  entry: TagHistoryEntryView
  isFirst: boolean
  /** Whether the repository has the manifest of a digest, as far as the entries say. */
  isPresent: (digest: string) => boolean
}

function Entry({ entry, isFirst, isPresent, currentDigest, mayRestore, ...props }: EntryProps) {
  const t = useTranslations()
  const credentialText = useCredentialText()
  const { kind, digest, actor, address } = entry
  const isRefused = kind === 'REFUSED'
  const isOffered = isFirst && !isRefused && kind !== 'RELEASED' && digest !== null && digest !== currentDigest
  const comparison = digest === null ? null : props.compareHref(digest)
  const client = clientOf(entry)
  return (
    <li className={classNames(isRefused && 'is-refused')}>
      <Icon name={eventIcons[kind]} />
      <div>
        <Time value={entry.at} format="minute" />
        <strong>{isRefused ? t('tagHistory.pushRefused') : t(`ledger.kinds.${kind}`)}</strong>
        {entry.count > 1 && <span className="badge badge--danger">{t('ledger.times', { count: entry.count })}</span>}
        <small>
          <Move entry={entry} isPresent={isPresent} digestHref={props.digestHref} />
        </small>
        <small>
          {t('tagHistory.by', { actor, credential: credentialText(entry) })}
          {client !== '' && `, ${client}`}
          {address !== '' && `, ${address}`}
        </small>
        {entry.reason !== null && !isRefused && <small>{t('tagHistory.quoted', { text: entry.reason })}</small>}
        {isRefused && (
          <span className="do">
            <Link href={props.refusalsHref}>{t('tagHistory.viewRefusals')}</Link>
          </span>
        )}
        {isOffered && !entry.isManifestPresent && <small>{t('tagHistory.manifestGone')}</small>}
        {isOffered && entry.isManifestPresent && (
          <span className="do">
            {comparison !== null && (
              <Link href={comparison} aria-label={t('compare.withNamed', { digest: shortDigest(digest) })}>
                {t('compare.title')}
              </Link>
            )}
            {mayRestore && (
              <TextButton
                aria-label={t('tagHistory.restoreNamed', { digest: shortDigest(digest) })}
                onClick={() => props.onRestore(digest)}
              >
                {t('tagHistory.restore')}
              </TextButton>
            )}
          </span>
        )}
      </div>
    </li>
  )
}

interface MoveProps extends Pick<EntryProps, 'isPresent' | 'digestHref'> {
  entry: TagHistoryEntryView
}

/** Where the tag pointed before, and then; what was refused is struck out. What is there leads to its page. */
function Move({ entry: { kind, digest, previousDigest }, isPresent, digestHref }: MoveProps) {
  if (digest === null) return null
  const codeOf = (one: string) => {
    const code = <code title={one}>{shortDigest(one)}</code>
    return isPresent(one) ? (
      <Link className="quiet" href={digestHref(one)}>
        {code}
      </Link>
    ) : (
      code
    )
  }
  if (kind === 'REFUSED' || kind === 'DELETED') {
    return (
      <span className="move">
        <s>{codeOf(digest)}</s>
      </span>
    )
  }
  return (
    <span className="move">
      {previousDigest && (
        <>
          {codeOf(previousDigest)}
          <Icon name="arrow" />
        </>
      )}
      {codeOf(digest)}
    </span>
  )
}
