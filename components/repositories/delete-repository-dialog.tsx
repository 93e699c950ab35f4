'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositoryQuery } from '../queries/repositories'
import { useDeleteRepository } from '../queries/repository-changes'
import { repositorySpaceQuery } from '../queries/space'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { NoticeDialog } from '../ui/notice-dialog'
import { OpenedDialog } from '../ui/opened-dialog'
import type { Opened } from '../ui/opened-dialog'
import { ReasonField } from '../ui/reason-field'
import { TypedNameField } from '../ui/typed-name-field'
import { useAction } from '../ui/use-action'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'

interface DeleteRepositoryDialogProps {
  repository: Pick<RepositoryView, 'instanceId' | 'namespace' | 'name'>
  onClose: () => void
  onDeleted: () => void
}

/**
 * Deletes a repository once its name is typed out. Where the server refuses for its immutable tags, the dialog names
 * them and asks an administrator for the whole path and a reason instead.
 */
export function DeleteRepositoryDialog({ repository, onClose, onDeleted }: DeleteRepositoryDialogProps) {
  const t = useTranslations()
  const query = repositoryQuery(repository.instanceId, repository.namespace, repository.name)
  return (
    <OpenedDialog title={t('repositories.delete')} query={query} onClose={onClose}>
      {(dialog) => <DeleteForm {...dialog} onDeleted={onDeleted} />}
    </OpenedDialog>
  )
}

type DeleteFormProps = Opened<RepositoryView> & { onDeleted: () => void }

function DeleteForm({ current: { data: repository, etag }, reload, onClose, onDeleted }: DeleteFormProps) {
  const t = useTranslations()
  const format = useFormat()
  const isAdministrator = useIsAdministrator()
  const { data: space } = useQuery(repositorySpaceQuery(repository.id))
  const path = `${repository.namespace}/${repository.name}`
  const remove = useDeleteRepository(repository.id)
  const { run, close } = useAction(remove, onClose)
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const [protectedTags, setProtectedTags] = useState<readonly string[] | null>(null)

  if (protectedTags !== null && !isAdministrator) {
    return (
      <NoticeDialog title={t('repositories.delete')} subject={path} onClose={onClose}>
        <Banner tone="danger" icon="lock">
          <p>
            <strong>{t('repositories.protected')}</strong> {t('repositories.protectedForMember')}
          </p>
          {protectedTags.length > 0 && <TagNames names={protectedTags} />}
        </Banner>
      </NoticeDialog>
    )
  }
  const isForced = protectedTags !== null
  const given = reason.trim()
  const isProtected = isApiError(remove.error, 'REPOSITORY_PROTECTED')
  return (
    <Dialog
      title={t('repositories.delete')}
      subject={path}
      confirm={isForced ? t('repositories.deleteAnyway') : t('repositories.delete')}
      danger
      error={isProtected ? null : remove.error}
      busy={remove.isPending}
      disabled={typed !== (isForced ? path : repository.name) || (isForced && given === '')}
      onClose={close}
      plan={() => remove.plan(isForced ? { etag, force: path, reason: given } : { etag })}
      onSubmit={() =>
        run(isForced ? { etag, force: typed, reason: given } : { etag }, {
          done: () => ({
            title: t('repositories.deleted', { path }),
            body: t('repositories.deletedTags', { count: repository.tagCount }),
          }),
          onDone: onDeleted,
          onError: (failure) => {
            if (isApiError(failure, 'REPOSITORY_PROTECTED')) {
              const tags = failure.problem.context?.tags
              setProtectedTags(Array.isArray(tags) ? tags : [])
              setTyped('')
            }
            if (isApiError(failure, 'PRECONDITION_FAILED')) void reload()
          },
        })
      }
    >
      {isForced ? (
        <Banner tone="danger" icon="lock">
          <p>
            <strong>{t('repositories.protected')}</strong> {t('repositories.protectedHelp')}
          </p>
          {protectedTags.length > 0 && <TagNames names={protectedTags} />}
        </Banner>
      ) : (
        <p>{t('repositories.deleteConsequence', { count: repository.tagCount })}</p>
      )}
      {space && space.countedAt !== null && space.sizeBytes > 0 && (
        <p className="muted">
          {t('space.deleteFrees', {
            size: format.bytes(space.exclusiveBytes),
            shared: format.bytes(space.sharedBytes),
          })}
        </p>
      )}
      <TypedNameField
        key={String(isForced)}
        name={isForced ? path : repository.name}
        value={typed}
        onChange={setTyped}
        autoFocus={isForced}
      />
      {isForced && (
        <ReasonField
          label={t('openings.reason')}
          help={t('openings.deletionReasonHelp')}
          required
          value={reason}
          onChange={setReason}
        />
      )}
    </Dialog>
  )
}

const namesShown = 8

function TagNames({ names }: { names: readonly string[] }) {
  const t = useTranslations()
  const more = names.length - namesShown
  return (
    <p className="tag-names">
      {names.slice(0, namesShown).map((name) => (
        <code key={name} className="badge">
          {name}
        </code>
      ))}
      {more > 0 && <span>{t('repositories.moreTags', { count: more })}</span>}
    </p>
  )
}
