'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { DeletionEffectView, TagWithEffectView } from '@/lib/api/schemas/tags'
import { tagSpaceQuery } from '../queries/manifests'
import { tagQuery, useDeleteTag } from '../queries/tags'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { ReasonField } from '../ui/reason-field'
import { useAction } from '../ui/use-action'
import { useFormat } from '../ui/use-format'

interface DeleteTagDialogProps {
  repositoryId: string
  name: string
  onClose: () => void
}

/** Deletes a tag; a protected one only with a reason, and its name stays reserved for what it pointed at. */
export function DeleteTagDialog({ repositoryId, name, onClose }: DeleteTagDialogProps) {
  const t = useTranslations()
  return (
    <OpenedDialog title={t('tags.delete')} query={tagQuery(repositoryId, name)} onClose={onClose}>
      {(dialog) => <DeleteForm repositoryId={repositoryId} name={name} {...dialog} />}
    </OpenedDialog>
  )
}

type DeleteFormProps = Opened<TagWithEffectView> & { repositoryId: string; name: string }

function DeleteForm({ repositoryId, name, current: { data: tag, etag }, reload, onClose }: DeleteFormProps) {
  const t = useTranslations()
  const remove = useDeleteTag(repositoryId)
  const { run, close } = useAction(remove, onClose)
  const [reason, setReason] = useState('')
  const effectText = useEffectText()
  const given = reason.trim()
  const variables = given === '' ? { name, etag } : { name, etag, reason: given }

  return (
    <Dialog
      title={t('tags.delete')}
      subject={name}
      confirm={t('tags.delete')}
      danger
      error={remove.error}
      busy={remove.isPending}
      disabled={tag.isProtected && given === ''}
      onClose={close}
      plan={() => remove.plan(variables)}
      onSubmit={() =>
        run(variables, {
          done: ({ untaggedManifest }) => ({
            title: t('tags.deleted', { name }),
            body: [...(tag.isProtected ? [t('tags.deletedReserved')] : []), effectText(untaggedManifest)].join(' '),
          }),
          onError: (failure) => {
            // It moved, or became protected: show it as it is now.
            if (isApiError(failure, 'PRECONDITION_FAILED') || isApiError(failure, 'TAG_UNDELETABLE')) void reload()
          },
        })
      }
    >
      {tag.isProtected ? (
        <Banner tone="warn" icon="lock">
          <p>
            <strong>{t('tags.deleteProtected')}</strong> {t('tags.deleteProtectedHelp')}
          </p>
        </Banner>
      ) : (
        <p>{t('tags.deleteConsequence')}</p>
      )}
      <Freed repositoryId={repositoryId} tag={tag} />
      {tag.isProtected && (
        <ReasonField
          label={t('tags.reason')}
          help={t('tags.reasonHelp')}
          required
          value={reason}
          onChange={setReason}
        />
      )}
    </Dialog>
  )
}

/** What the deletion frees, to the byte once it is counted. */
function Freed({ repositoryId, tag }: { repositoryId: string; tag: TagWithEffectView }) {
  const t = useTranslations()
  const format = useFormat()
  const effectText = useEffectText()
  const space = useQuery(tagSpaceQuery(repositoryId, tag.name)).data
  const effect = tag.ifDeleted
  if (effect === null || effect.removedAfter === null || !space?.isComplete) return <p>{effectText(effect)}</p>
  const [size, kept] = [space.ifDeletedBytes, space.sizeBytes - space.ifDeletedBytes]
  return (
    <p>
      {t('space.frees', { size: format.bytes(size), days: effect.keptDays })}
      {kept > 0 && ` ${t('space.keeps', { size: format.bytes(kept) })}`}
    </p>
  )
}

/** Says what the deletion of a tag frees at most, and when. */
function useEffectText(): (effect: DeletionEffectView | null) => string {
  const t = useTranslations()
  const format = useFormat()
  return (effect) => {
    if (effect === null) return t('tags.freesNothing')
    if (effect.removedAfter === null) return t('tags.freesNever')
    return t('tags.frees', { size: format.bytes(effect.sizeBytes), days: effect.keptDays })
  }
}
