'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RegionId } from '@/lib/domain/regions'
import { AccessSection } from '../grants/access-section'
import { instanceQuery } from '../queries/instances'
import { repositoryQuery } from '../queries/repositories'
import { instanceHref, instancesHref, repositoriesHref } from '../routes'
import type { RepositorySection } from '../routes'
import { TagsSection } from '../tags/tags-section'
import { CopyTextButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { Menu, MenuItem } from '../ui/menu'
import { PageHead } from '../ui/page'
import { ErrorState } from '../ui/states'
import { Badge } from '../ui/status'
import { RepositoryDetails, RepositoryDetailsSkeleton } from './repository-details'

// Loaded when one is opened: most visits open none.
const DeleteRepositoryDialog = lazy(() =>
  import('./delete-repository-dialog').then(({ DeleteRepositoryDialog }) => ({ default: DeleteRepositoryDialog })),
)

interface RepositoryPageProps {
  region: RegionId
  instanceId: string
  namespace: string
  name: string
  section: RepositorySection
  /** Whose commands the Guide shows. */
  userName: string
  isAdministrator: boolean
}

/** One repository: its head, and the section chosen in the second pane. */
export function RepositoryPage(props: RepositoryPageProps) {
  const { region, instanceId, namespace, name, section, userName, isAdministrator } = props
  const t = useTranslations()
  const router = useRouter()
  const [isDeleting, setIsDeleting] = useState(false)
  const path = `${namespace}/${name}`
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const { data, error, refetch } = useQuery(repositoryQuery(instanceId, namespace, name))
  const repository = data?.data

  function content() {
    if (!repository && error) {
      return (
        <div className="table-box">
          <ErrorState
            title={isApiError(error, 'NOT_FOUND') ? t('repositories.gone', { path }) : t('pages.error')}
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      )
    }
    if (section === 'tags') return <TagsSection repository={repository ?? null} instance={instance ?? null} />
    if (!repository || !instance) return <RepositoryDetailsSkeleton />
    if (section === 'access') {
      return <AccessSection repository={repository} instance={instance} isAdministrator={isAdministrator} />
    }
    return <RepositoryDetails region={region} repository={repository} instance={instance} userName={userName} />
  }

  return (
    <>
      <PageHead
        crumbs={[
          { label: t('instances.title'), href: instancesHref(region) },
          { label: instance?.name ?? instanceId, href: instanceHref(region, instanceId) },
          { label: t('repositories.title'), href: repositoriesHref(region, instanceId) },
          { label: path },
        ]}
        title={path}
        badges={
          repository && (
            <>
              {repository.tagImmutability ? (
                <Badge icon="lock" accent>
                  {t('repositories.immutable')}
                </Badge>
              ) : (
                <Badge icon="free">{t('repositories.mutable')}</Badge>
              )}
              <Badge>{repository.type === 'PUBLIC' ? t('repositories.public') : t('repositories.private')}</Badge>
            </>
          )
        }
        buttons={
          repository &&
          instance && (
            <>
              <CopyTextButton text={`${instance.registryHost}/${path}`}>{t('repositories.copyAddress')}</CopyTextButton>
              {repository.access === 'MANAGE' && (
                <Menu label={t('common.moreActions')} className="button button--icon" button={<Icon name="dots" />}>
                  <MenuItem icon="trash" danger onSelect={() => setIsDeleting(true)}>
                    {t('repositories.delete')}
                  </MenuItem>
                </Menu>
              )}
            </>
          )
        }
      />
      {content()}
      <Suspense>
        {isDeleting && repository && (
          <DeleteRepositoryDialog
            repository={repository}
            onClose={() => setIsDeleting(false)}
            onDeleted={() => router.push(repositoriesHref(region, instanceId))}
          />
        )}
      </Suspense>
    </>
  )
}
