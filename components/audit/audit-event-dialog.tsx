'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import type { AuditFilters } from '../queries/audit'
import { Button, TextButton } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { Fact } from '../ui/fact'
import { Time } from '../ui/time'
import { changesOf } from './changes'
import { AuditSentence } from './audit-sentence'
import { useActionText, useTargetText } from './event-words'
import { useFieldText, useValueText } from './use-change-words'
import { useClientText, useCredentialText } from './use-source-words'

interface AuditEventDialogProps {
  event: AuditEventView
  onClose: () => void
  /** Asks for the events that have something in common with this one. */
  onFilter: (filters: Partial<AuditFilters>) => void
}

/** All that an audit event says. */
export function AuditEventDialog({ event, onClose, onFilter }: AuditEventDialogProps) {
  const t = useTranslations()
  const actionText = useActionText()
  const targetText = useTargetText()
  const clientText = useClientText()
  const credentialText = useCredentialText()
  const fieldText = useFieldText()
  const valueText = useValueText()
  const changes = changesOf(event)
  const anchor = `${event.id}:${event.hash}`

  /** A value with a button that asks for the other events that have it. */
  function shared(value: string, label: string, filters: Partial<AuditFilters>): ReactNode {
    if (value === '') return <span className="muted">{t('common.none')}</span>
    return (
      <>
        <span className="break-all">{value}</span>{' '}
        <TextButton aria-label={label} onClick={() => onFilter(filters)}>
          {t('audit.showAll')}
        </TextButton>
      </>
    )
  }

  return (
    <Dialog
      title={t('audit.eventTitle', { action: actionText(event.action), target: targetText(event.targetType) })}
      subject={event.targetName}
      onClose={onClose}
      onSubmit={onClose}
      confirm={t('common.close')}
      foot={
        <Button type="submit" variant="primary">
          {t('common.close')}
        </Button>
      }
    >
      <p className="audit-sentence">
        <AuditSentence event={event} />
      </p>
      <dl className="facts audit-facts">
        <Fact full label={t('audit.time')}>
          <Time value={event.createdAt} format="moment" /> <span className="muted">{event.createdAt}</span>
        </Fact>
        <Fact full label={t('audit.by')}>
          {shared(event.actor, t('audit.allBy', { name: event.actor }), { actor: event.actor })}
        </Fact>
        <Fact full label={t('audit.credential')}>
          {event.credential === '' ? <None /> : credentialText(event)}
        </Fact>
        <Fact full label={t('audit.from')}>
          {shared(event.address, t('audit.allFrom', { address: event.address }), { address: event.address })}
        </Fact>
        <Fact full label={t('audit.client')}>
          {event.userAgent === '' ? (
            <None />
          ) : (
            <>
              {clientText(event.userAgent)} <span className="muted">{event.userAgent}</span>
            </>
          )}
        </Fact>
        <Fact full label={t('audit.target')}>
          {shared(event.targetId, t('audit.allAbout', { name: event.targetName || event.targetId }), {
            targetId: event.targetId,
          })}
        </Fact>
        {event.instanceId !== null && (
          <Fact full label={t('frame.instance')}>
            {shared(event.instanceId, t('audit.allAbout', { name: event.instanceId }), {
              instanceId: event.instanceId,
            })}
          </Fact>
        )}
        {event.reason !== null && (
          <Fact full label={t('audit.reason')}>
            {event.reason}
          </Fact>
        )}
      </dl>
      {changes.length > 0 && (
        <div className="table-box">
          <table className="table table--conflict" aria-label={t('audit.changes')}>
            <thead>
              <tr>
                <th scope="col">{t('audit.field')}</th>
                <th scope="col">{t('audit.before')}</th>
                <th scope="col">{t('audit.after')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row" title={field}>
                    {fieldText(field)}
                  </th>
                  <td>{valueText(field, before) || <None />}</td>
                  <td>{valueText(field, after) || <None />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <dl className="facts audit-facts">
        <Fact full label={t('audit.anchor')}>
          <span className="copy">
            <code>{anchor}</code>
            <CopyButton text={anchor} label={t('audit.copyAnchor')} />
          </span>
        </Fact>
      </dl>
      <p className="help">
        {t.rich('audit.anchorHelp', { entry: '<id>:<hash>', code: (command) => <code>{command}</code> })}
      </p>
    </Dialog>
  )
}

function None() {
  const t = useTranslations()
  return <span className="muted">{t('common.none')}</span>
}
