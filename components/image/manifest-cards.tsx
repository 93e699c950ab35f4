'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { AttachmentsCard } from '../attachments/attachments-card'
import { manifestQuery } from '../queries/manifests'
import { failureOf } from '../ui/failure'
import { Section } from '../ui/page'
import { ErrorState, Skeleton } from '../ui/states'
import { ImageCard } from './image-card'
import { PullCard } from './pull-card'

interface ManifestCardsProps {
  region: RegionId
  repository: RepositoryView
  /** Null while it loads. */
  instance: InstanceView | null
  digest: string
  /** Null: the page is that of the digest. */
  tag: string | null
  isProtected: boolean
  /** More cards beside. */
  children?: ReactNode
}

/** What is inside a manifest; beside it how to pull it and what is attached. */
export function ManifestCards(props: ManifestCardsProps) {
  const { region, repository, instance, digest, tag, isProtected, children } = props
  const t = useTranslations()
  const query = useQuery(manifestQuery(repository.id, digest))
  const error = failureOf(query)
  const manifest = query.data
  const address = instance && `${instance.registryAddress}/${repository.namespace}/${repository.name}`
  return (
    <div className="beside-room">
      <div className="beside">
        <div className="beside-main">
          {manifest && <ImageCard region={region} repository={repository} manifest={manifest} />}
          {!manifest && (
            <Section title={t('image.kinds.image')}>
              {error === null ? (
                <p className="section-body" role="status" aria-label={t('image.loading')}>
                  <Skeleton width="xl" />
                </p>
              ) : (
                <ErrorState title={t('pages.sectionFailed')} error={error} onRetry={() => void query.refetch()} />
              )}
            </Section>
          )}
        </div>
        <div className="beside-aside">
          {address !== null && (
            <PullCard
              address={address}
              digest={digest}
              tag={tag}
              kind={manifest?.kind ?? 'image'}
              isProtected={isProtected}
            />
          )}
          {address !== null && (
            <AttachmentsCard region={region} repository={repository} digest={digest} address={address} />
          )}
          {children}
        </div>
      </div>
    </div>
  )
}
