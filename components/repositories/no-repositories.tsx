'use client'

import { useTranslations } from 'next-intl'
import { Suspense, lazy } from 'react'
import type { ReactNode } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { namespacesHref } from '../routes'
import { EmptyState } from '../ui/empty-state'
import { Link } from '../ui/link'

const PushCommand = lazy(() => import('../instances/push-command').then((it) => ({ default: it.PushCommand })))

interface NoRepositoriesProps {
  region: RegionId
  instanceId: string
  /** The namespace that is looked into; empty: all. */
  namespace: string
  /** Where a push of this person makes a repository; null: nowhere. */
  push: { namespace: string; address: string } | null
  /** Whether the person can only see what others give access to. */
  isMember: boolean
  hasNamespaces: boolean
  /** The button that makes one, where the person may. */
  create: ReactNode
}

/** What the list of repositories shows while it is empty: how to get the first one. */
export function NoRepositories(props: NoRepositoriesProps) {
  const { region, instanceId, namespace, push, isMember, hasNamespaces, create } = props
  const t = useTranslations()
  if (push !== null) {
    return (
      <EmptyState
        title={namespace === '' ? t('repositories.empty') : t('repositories.pushHereTitle', { name: namespace })}
        action={
          <div className="push-here">
            <Suspense>
              <PushCommand address={push.address} />
            </Suspense>
          </div>
        }
      >
        {t('repositories.pushHere', { name: push.namespace })}
      </EmptyState>
    )
  }
  if (isMember) {
    return <EmptyState title={t('repositories.emptyForMember')}>{t('repositories.emptyForMemberHelp')}</EmptyState>
  }
  if (!hasNamespaces) {
    return (
      <EmptyState
        title={t('repositories.noNamespaces')}
        action={
          <Link className="button button--primary" href={namespacesHref(region, instanceId)}>
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
