'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { TagEventView } from '@/lib/api/schemas/tag-events'
import { OpenTagDialog } from '../immutability/open-tag-dialog'
import type { LedgerFilters } from '../queries/tag-events'
import { Banner } from '../ui/banner'
import { Button, TextButton } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { Copyable } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { Fact } from '../ui/fact'
import { Time } from '../ui/time'
import { useIsAdministrator } from '../user-context'
import { refusalReasons, useCredentialText, useReasonText } from './event-texts'

interface TagEventDialogProps {
  event: TagEventView
  /** What stands before a repository's path in commands; null while it loads. */
  registryAddress: string | null
  onClose: () => void
  /** Asks for the entries that have something in common with this one. */
  onFilter: (filters: Partial<LedgerFilters>) => void
}

/** All that an entry of the ledger says; for a refused push, what its pusher can do, too. */
export function TagEventDialog({ event, registryAddress, onClose, onFilter }: TagEventDialogProps) {
  const t = useTranslations()
  const reasonText = useReasonText()
  const credentialText = useCredentialText()
  const isAdministrator = useIsAdministrator()
  const [isOpening, setIsOpening] = useState(false)
  const { kind, currentDigest, pushedDigest } = event
  const isRefused = kind === 'REFUSED'
  const reason = reasonText(event)

  /** A value with a button that asks for the other entries that have it. */
  function shared(value: string, label: string, filters: Partial<LedgerFilters>): ReactNode {
    return (
      <>
        <span className="break-all">{value}</span>{' '}
        <TextButton aria-label={label} onClick={() => onFilter(filters)}>
          {t('audit.showAll')}
        </TextButton>
      </>
    )
  }

  if (isOpening) {
    return (
      <OpenTagDialog repositoryId={event.repositoryId} path={event.repositoryPath} tag={event.tag} onClose={onClose} />
    )
  }
  const canOpen = isAdministrator && isRefused && event.reason !== 'TAG_RESERVED'
  return (
    <Dialog
      title={t('ledger.eventTitle', { kind: t(`ledger.kinds.${kind}`) })}
      subject={`${event.repositoryPath}:${event.tag}`}
      onClose={onClose}
      onSubmit={onClose}
      confirm={t('common.close')}
      foot={
        <>
          {canOpen && (
            <Button icon="unlock" onClick={() => setIsOpening(true)}>
              {t('openings.openFromPush')}
            </Button>
          )}
          <Button type="submit" variant="primary">
            {t('common.close')}
          </Button>
        </>
      }
    >
      {isRefused && reason !== null && (
        <Banner tone="danger" icon="refused">
          <p>
            <strong>{reason}</strong>
          </p>
        </Banner>
      )}
      <dl className="facts audit-facts">
        <Fact full label={t('tags.tag')}>
          {shared(event.tag, t('audit.allAbout', { name: event.tag }), { tag: event.tag })}
        </Fact>
        {currentDigest && (
          <Fact full label={isRefused ? t('ledger.current') : t('audit.before')}>
            <Copyable text={currentDigest} label={t('ledger.copyCurrent')} />
          </Fact>
        )}
        {pushedDigest && (
          <Fact full label={t('ledger.pushed')}>
            <Copyable text={pushedDigest} label={t('ledger.copyPushed')} />
            {isRefused && <span className="muted">{t('ledger.nothingStored')}</span>}
          </Fact>
        )}
        <Fact full label={t('audit.by')}>
          {shared(event.actor, t('audit.allBy', { name: event.actor }), { actor: event.actor })}{' '}
          <span className="muted">{credentialText(event)}</span>
        </Fact>
        <Fact full label={t('audit.from')}>
          {event.address === ''
            ? t('common.none')
            : shared(event.address, t('audit.allFrom', { address: event.address }), { address: event.address })}
        </Fact>
        <Fact full label={t('audit.client')}>
          {event.userAgent || t('common.none')}
        </Fact>
        <Fact full label={t('ledger.time')}>
          <Time value={event.createdAt} format="minute" /> <span className="muted">{event.createdAt}</span>
        </Fact>
        {event.count > 1 && (
          <Fact full label={t('ledger.timesHeader')}>
            {t('ledger.times', { count: event.count })} <span className="muted">{event.lastAt}</span>
          </Fact>
        )}
        {!isRefused && reason !== null && (
          <Fact full label={t('audit.reason')}>
            {reason}
          </Fact>
        )}
      </dl>
      {isRefused && <Remedies event={event} registryAddress={registryAddress} />}
    </Dialog>
  )
}

/** What the pusher of a refused push can do, by the reason of the refusal. */
function Remedies({ event, registryAddress }: { event: TagEventView; registryAddress: string | null }) {
  const t = useTranslations()
  const reason = refusalReasons.find((one) => one === event.reason)
  if (reason === undefined) return null
  return (
    <section className="remedies">
      <h3>{t('ledger.whatToDo')}</h3>
      <p>{t(`ledger.remedies.${reason}`)}</p>
      {reason !== 'TAG_APPEND_ONLY' && registryAddress !== null && (
        <CodeBlock
          label={t('ledger.copyPush')}
          lines={[[`docker push ${registryAddress}/${event.repositoryPath}:`, { variable: t('ledger.newTag') }]]}
        />
      )}
    </section>
  )
}
