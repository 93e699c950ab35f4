'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { TagHistoryEntryView } from '@/lib/api/schemas/tag-history'
import { clientOf, eventIcons, useCredentialText } from '../ledger/event-texts'
import { TextButton } from '../ui/button'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
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
          {...props}
        />
      ))}
    </ol>
  )
}

type EntryProps = Omit<TagTimelineProps, 'entries'> & { entry: TagHistoryEntryView; isFirst: boolean }

function Entry({ entry, isFirst, currentDigest, mayRestore, refusalsHref, onRestore }: EntryProps) {
  const t = useTranslations()
  const credentialText = useCredentialText()
  const { kind, digest, actor, address } = entry
  const isRefused = kind === 'REFUSED'
  const isOffered = isFirst && !isRefused && kind !== 'RELEASED' && digest !== null && digest !== currentDigest
  const client = clientOf(entry)
  return (
    <li className={classNames(isRefused && 'is-refused')}>
      <Icon name={eventIcons[kind]} />
      <div>
        <Time value={entry.at} format="minute" />
        <strong>{isRefused ? t('tagHistory.pushRefused') : t(`ledger.kinds.${kind}`)}</strong>
        {entry.count > 1 && <span className="badge badge--danger">{t('ledger.times', { count: entry.count })}</span>}
        <small>
          <Move entry={entry} />
        </small>
        <small>
          {t('tagHistory.by', { actor, credential: credentialText(entry) })}
          {client !== '' && `, ${client}`}
          {address !== '' && `, ${address}`}
        </small>
        {entry.reason !== null && !isRefused && <small>{t('tagHistory.quoted', { text: entry.reason })}</small>}
        {isRefused && (
          <span className="do">
            <Link href={refusalsHref}>{t('tagHistory.viewRefusals')}</Link>
          </span>
        )}
        {isOffered && !entry.isManifestPresent && <small>{t('tagHistory.manifestGone')}</small>}
        {isOffered && entry.isManifestPresent && mayRestore && (
          <span className="do">
            <TextButton
              aria-label={t('tagHistory.restoreNamed', { digest: shortDigest(digest) })}
              onClick={() => onRestore(digest)}
            >
              {t('tagHistory.restore')}
            </TextButton>
          </span>
        )}
      </div>
    </li>
  )
}

/** Where the tag pointed before, and then; what was refused is struck out. */
function Move({ entry: { kind, digest, previousDigest } }: { entry: TagHistoryEntryView }) {
  if (digest === null) return null
  const code = <code title={digest}>{shortDigest(digest)}</code>
  if (kind === 'REFUSED' || kind === 'DELETED') {
    return (
      <span className="move">
        <s>{code}</s>
      </span>
    )
  }
  return (
    <span className="move">
      {previousDigest && (
        <>
          <code title={previousDigest}>{shortDigest(previousDigest)}</code>
          <Icon name="arrow" />
        </>
      )}
      {code}
    </span>
  )
}
