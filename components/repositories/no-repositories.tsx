'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { firstRepository } from '../instances/first-repository'
import { PushCommand } from '../instances/push-command'
import { pushableNamespacesQuery } from '../queries/offered-namespaces'
import { namespacesHref } from '../routes'
import { EmptyState } from '../ui/empty-state'
import { Link } from '../ui/link'

interface NoRepositoriesProps {
  region: RegionId
  instance: InstanceView
  /** The namespace that is looked into; empty: all. */
  namespace: string
  /** The button that makes one; false: the person may make none. */
  create: ReactNode
  /** What stands there where nothing else is to be said of the namespace; undefined: no namespace is looked into. */
  nothingFound: ReactNode
}

/** What the list of repositories shows while it is empty: how to get the first one. */
export function NoRepositories({ region, instance, namespace, create, nothingFound }: NoRepositoriesProps) {
  const t = useTranslations()
  const query = useQuery(pushableNamespacesQuery(instance.id, namespace))
  if (query.isPending || query.isPlaceholderData) return null
  const [pushable] = query.data?.items ?? []
  if (pushable !== undefined) {
    return (
      <EmptyState
        title={namespace === '' ? t('repositories.empty') : t('repositories.pushHereTitle', { name: namespace })}
        action={
          <div className="push-here">
            <PushCommand address={`${instance.registryAddress}/${pushable.name}/${firstRepository}`} />
          </div>
        }
      >
        {t('repositories.pushHere', { name: pushable.name })}
      </EmptyState>
    )
  }
  if (nothingFound !== undefined) return nothingFound
  if (!create && instance.access !== 'MANAGE') {
    return <EmptyState title={t('repositories.emptyForMember')}>{t('repositories.emptyForMemberHelp')}</EmptyState>
  }
  if (instance.namespaceCount === 0) {
    return (
      <EmptyState
        title={t('repositories.noNamespaces')}
        action={
          <Link className="button button--primary" href={namespacesHref(region, instance.id)}>
            {t('namespaces.title')}
          </Link>
        }
      >
        {t('repositories.noNamespacesHelp')}
      </EmptyState>
    )
  }
  return (
    <EmptyState title={t('repositories.empty')} action={create}>
      {t('repositories.emptyHelp')}
    </EmptyState>
  )
}
