'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { manifestQuery } from '../queries/manifests'
import { digestHref, tagHref } from '../routes'
import { CopyButton } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { failureOf } from '../ui/failure'
import { Link } from '../ui/link'
import { Middle } from '../ui/middle'
import { Section } from '../ui/page'
import { PageError, Skeleton } from '../ui/states'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { DetailsCard } from './details-card'
import { ManifestCards } from './manifest-cards'
import { TagLinks } from './tag-links'
import { useTypeWords } from './words'

interface DigestSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
  /** Null while it loads. */
  instance: InstanceView | null
  digest: string
}

/** One manifest, with or without a tag: what it is, what is in it, what points at it. */
export function DigestSection({ region, repository, instance, digest }: DigestSectionProps) {
  const t = useTranslations()
  const query = useQuery({ ...manifestQuery(repository?.id ?? '', digest), enabled: repository !== null })
  const error = repository === null ? null : failureOf(query)
  const manifest = query.data
  if (error !== null && !manifest) {
    return <PageError error={error} gone={t('image.digestGone')} onRetry={query.refetch} />
  }
  if (!repository || !manifest) {
    return (
      <Section title={t('tagHistory.details')}>
        <p className="section-body" role="status" aria-label={t('image.loading')}>
          <Skeleton width="xl" />
        </p>
      </Section>
    )
  }
  return (
    <>
      <ManifestDetails region={region} repository={repository} manifest={manifest} />
      <ManifestCards
        region={region}
        repository={repository}
        instance={instance}
        digest={digest}
        tag={null}
        isProtected={false}
      />
    </>
  )
}

interface ManifestDetailsProps {
  region: RegionId
  repository: RepositoryView
  manifest: ManifestDetailsView
}

function ManifestDetails({ region, repository, manifest }: ManifestDetailsProps) {
  const t = useTranslations()
  const format = useFormat()
  const typeWords = useTypeWords()
  const { digest, mediaType, sizeBytes, pushedBy, pushedAt, subject, indexes, tags } = manifest
  return (
    <DetailsCard repositoryId={repository.id} manifest={manifest}>
      <Fact label={t('tags.digest')} full>
        <span className="copy">
          <code>
            <Middle text={digest} />
          </code>
          <CopyButton text={digest} label={t('image.copyManifest')} />
        </span>
      </Fact>
      <Fact label={t('image.type')}>
        <span title={mediaType}>{typeWords(mediaType)}</span>
      </Fact>
      <Fact label={t('tags.size')}>{format.bytes(sizeBytes)}</Fact>
      <Fact label={t('tags.pushedBy')}>
        {pushedBy}{' '}
        <span className="muted">
          <Time value={pushedAt} format="minute" />
        </span>
      </Fact>
      {tags.totalCount === 0 ? (
        <Fact label={t('tags.title')}>
          <span className="muted">{t('common.none')}</span>
        </Fact>
      ) : (
        <TagLinks label={t('tags.title')} names={tags.items} hrefOf={(name) => tagHref(region, repository, name)} />
      )}
      {subject !== null && (
        <Fact label={t('image.attachedTo')} full>
          <Digests region={region} repository={repository} digests={[subject]} />
        </Fact>
      )}
      {indexes.length > 0 && (
        <Fact label={t('image.partOf')} full>
          <Digests region={region} repository={repository} digests={indexes} />
        </Fact>
      )}
    </DetailsCard>
  )
}

interface DigestsProps {
  region: RegionId
  repository: RepositoryView
  digests: readonly string[]
}

function Digests({ region, repository, digests }: DigestsProps) {
  return digests.map((digest) => (
    <Link key={digest} className="mono max-w-full" aria-label={digest} href={digestHref(region, repository, digest)}>
      <Middle text={digest} />
    </Link>
  ))
}
