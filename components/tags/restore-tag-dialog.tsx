'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { immutabilityCheckQuery, useRestoreTag } from '../queries/tag-history'
import { Dialog } from '../ui/dialog'
import { ReasonField } from '../ui/reason-field'
import { useAction } from '../ui/use-action'
import { shortDigest } from '../ui/digest'
import { Warnings } from './warnings'
import { Verdict } from './verdict'

interface RestoreTagDialogProps {
  repositoryId: string
  tag: string
  /** What to restore. */
  digest: string
  /** What the tag points at; null: it was deleted. */
  from: string | null
  onClose: () => void
}

/** Points a tag at an earlier digest of its history, after saying what follows from that. */
export function RestoreTagDialog({ repositoryId, tag, digest, from, onClose }: RestoreTagDialogProps) {
  const t = useTranslations()
  const restore = useRestoreTag(repositoryId, tag)
  const { run, close } = useAction(restore, onClose)
  const check = useQuery(immutabilityCheckQuery(repositoryId, tag, digest))
  const [reason, setReason] = useState('')
  const given = reason.trim()
  const to = shortDigest(digest)
  const variables = { digest, from, ...(given !== '' && { reason: given }) }

  return (
    <Dialog
      title={t('tagHistory.restoreTitle')}
      subject={tag}
      confirm={t('tagHistory.restoreConfirm')}
      error={restore.error}
      busy={restore.isPending}
      disabled={check.data?.allowed === false}
      onClose={close}
      plan={() => restore.plan(variables)}
      onSubmit={() =>
        run(variables, {
          done: ({ warnings }) => ({
            title: t('tagHistory.restored', { tag, digest: to }),
            ...(warnings.length > 0 && { body: <Warnings texts={warnings} /> }),
          }),
        })
      }
    >
      <p>
        {from === null
          ? t('tagHistory.restoreDeletedConsequence', { tag, digest: to })
          : t('tagHistory.restoreConsequence', { tag, digest: to, from: shortDigest(from) })}
      </p>
      <Verdict check={check} digest={digest} isRestore />
      <ReasonField
        label={t('tagHistory.reason')}
        help={t('tagHistory.reasonHelp')}
        value={reason}
        onChange={setReason}
      />
    </Dialog>
  )
}
