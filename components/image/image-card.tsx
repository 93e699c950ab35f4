'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ChildView, ManifestDetailsView } from '@/lib/api/schemas/manifests'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { manifestQuery } from '../queries/manifests'
import { digestHref } from '../routes'
import { CopyButton } from '../ui/copy-button'
import { failureOf } from '../ui/failure'
import { Link } from '../ui/link'
import { Middle } from '../ui/middle'
import { Section } from '../ui/page'
import { ErrorState, Skeleton } from '../ui/states'
import { ManifestContents, UnreadableNotice } from './manifest-contents'
import { NamedTexts } from './named-texts'
import { PlatformTabs } from './platform-tabs'
import { isPlatform, useTypeWords } from './words'

interface ImageCardProps {
  region: RegionId
  repository: RepositoryView
  manifest: ManifestDetailsView
}

/** What is inside: an image, or one image for each platform; a chart; the files of an artifact. */
export function ImageCard({ region, repository, manifest }: ImageCardProps) {
  const t = useTranslations()
  const typeWords = useTypeWords()
  const platforms = manifest.children.items.filter(isPlatform)
  const isIndex = manifest.kind === 'index' && manifest.isReadable
  return (
    <Section
      title={t(`image.kinds.${manifest.kind === 'index' ? 'image' : manifest.kind}`)}
      aside={
        <span className="muted">
          {isIndex
            ? t('image.indexOf', { type: typeWords(manifest.mediaType), count: platforms.length })
            : typeWords(manifest.mediaType)}
        </span>
      }
    >
      {manifest.kind === 'index' ? (
        <IndexContents region={region} repository={repository} manifest={manifest} platforms={platforms} />
      ) : (
        <ManifestContents repositoryId={repository.id} manifest={manifest} />
      )}
    </Section>
  )
}

function IndexContents({
  region,
  repository,
  manifest: { isReadable, annotations, children },
  platforms,
}: ImageCardProps & { platforms: readonly ChildView[] }) {
  const t = useTranslations()
  if (!isReadable) return <UnreadableNotice />
  return (
    <>
      {platforms.length === 0 ? (
        <p className="card-line muted">{t('image.noPlatforms')}</p>
      ) : (
        <PlatformTabs platforms={platforms}>
          {(child) => <PlatformPanel key={child.digest} region={region} repository={repository} child={child} />}
        </PlatformTabs>
      )}
      {children.totalCount > children.items.length && (
        <p className="card-line muted">
          {t('image.notAll', { shown: children.items.length, count: children.totalCount })}
        </p>
      )}
      <NamedTexts title={t('image.indexAnnotations')} list={annotations} hasLinks />
    </>
  )
}

interface PlatformPanelProps {
  region: RegionId
  repository: RepositoryView
  child: ChildView
}

/** One image of an index. */
function PlatformPanel({ region, repository, child }: PlatformPanelProps) {
  const t = useTranslations()
  const query = useQuery({ ...manifestQuery(repository.id, child.digest), enabled: child.isPresent })
  const error = failureOf(query)
  const address = digestHref(region, repository, child.digest)
  return (
    <>
      <p className="card-line digest-line">
        {child.isPresent ? (
          <Link className="mono" aria-label={child.digest} href={address}>
            <Middle text={child.digest} />
          </Link>
        ) : (
          <code>
            <Middle text={child.digest} />
          </code>
        )}
        <CopyButton text={child.digest} label={t('image.copyManifest')} />
      </p>
      {!child.isPresent && <p className="card-line">{t('image.childMissing')}</p>}
      {error !== null && (
        <ErrorState title={t('pages.sectionFailed')} error={error} onRetry={() => void query.refetch()} />
      )}
      {child.isPresent && error === null && query.data === undefined && (
        <p className="section-body" role="status" aria-label={t('image.loading')}>
          <Skeleton width="xl" />
        </p>
      )}
      {query.data?.kind === 'index' && <p className="card-line">{t('image.nested')}</p>}
      {query.data && query.data.kind !== 'index' && (
        <ManifestContents repositoryId={repository.id} manifest={query.data} />
      )}
    </>
  )
}
