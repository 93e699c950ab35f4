'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ImmutabilityChangeView } from '@/lib/api/schemas/immutability-changes'
import { type ChangeRequest, changePreviewQuery, useStartChange } from '../queries/immutability-changes'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { useFormat } from '../ui/use-format'
import { ChangePreview } from './change-preview'

interface ChangeImmutabilityDialogProps {
  instanceId: string
  target: 'immutable' | 'mutable'
  /** The repositories, as the API takes them. */
  repositories: Pick<ChangeRequest, 'repositoryIds' | 'filter'>
  /** How many they are, and of what. */
  count: number
  place: string
  onStarted: (change: ImmutabilityChangeView) => void
  onClose: () => void
}

/** Makes many repositories immutable or mutable, after it has said what follows. */
export function ChangeImmutabilityDialog(props: ChangeImmutabilityDialogProps) {
  const { instanceId, target, repositories, count, place, onStarted, onClose } = props
  const t = useTranslations()
  const format = useFormat()
  const [wanted, setWanted] = useState<'enforce' | 'audit'>('enforce')
  const mode = target === 'mutable' ? 'off' : wanted
  const request = { immutability: { mode }, ...repositories } satisfies ChangeRequest
  const preview = useQuery(changePreviewQuery(instanceId, request))
  const start = useStartChange(instanceId)
  const { run, close } = useAction(start, onClose)
  const { data } = preview
  const changesNothing = data !== undefined && data.changeCount === 0 && !data.isCapped

  return (
    <Dialog
      title={target === 'mutable' ? t('bulk.makeMutable') : t('bulk.makeImmutable')}
      subject={t('bulk.subject', { count, place })}
      confirm={
        data && !data.isCapped ? t('bulk.confirm', { count: format.number(data.changeCount) }) : t('common.confirm')
      }
      error={start.error}
      busy={start.isPending}
      disabled={changesNothing || preview.isPending}
      onClose={close}
      plan={() => start.plan(request)}
      onSubmit={() =>
        run(request, {
          // How far it is stands on the page.
          done: (change) => {
            onStarted(change)
            return null
          },
        })
      }
    >
      {target === 'immutable' && (
        <fieldset className="field">
          <legend>{t('bulk.policy')}</legend>
          <div className="choice-row">
            {(['enforce', 'audit'] as const).map((one) => (
              <label key={one} className="choice">
                <input
                  className="radio"
                  type="radio"
                  name="mode"
                  value={one}
                  checked={wanted === one}
                  onChange={() => setWanted(one)}
                />
                <span>{t(`bulk.modes.${one}`)}</span>
                <small>
                  {one === 'enforce'
                    ? t.rich('repositories.immutableHelp', { code: (text) => <code>{text}</code> })
                    : t('bulk.auditHelp')}
                </small>
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <div className="field">
        <p className="field-head">
          <span>{t('bulk.forAll', { count })}</span>
          {data && <span className="muted">{t('bulk.lookedAt', { count: data.tagCount })}</span>}
        </p>
        <ChangePreview mode={mode} preview={preview} />
      </div>
    </Dialog>
  )
}
