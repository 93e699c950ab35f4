'use client'

import { useTranslations } from 'next-intl'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { Banner } from '../ui/banner'
import { Fact } from '../ui/fact'
import { ChartFacts } from './chart-facts'
import { ConfigFacts, ConfigSection } from './config-facts'
import { FileList } from './file-list'
import { LayerTable } from './layer-table'
import { NamedTexts } from './named-texts'

interface ManifestContentsProps {
  repositoryId: string
  /** Of anything but an index. */
  manifest: ManifestDetailsView
}

/** What is inside a manifest: an image, a chart, or the files of an artifact. */
export function ManifestContents({ repositoryId, manifest }: ManifestContentsProps) {
  const t = useTranslations()
  const { kind, image, chart, layers, annotations } = manifest
  if (!manifest.isReadable) return <UnreadableNotice />
  const isImage = kind === 'image'
  return (
    <>
      {isImage && <LayerTable layers={layers} />}
      {!isImage && <ArtifactFacts manifest={manifest} />}
      {kind === 'helmChart' && chart !== null && <ChartFacts chart={chart} />}
      {!isImage && <FileList repositoryId={repositoryId} digest={manifest.digest} files={layers} />}
      <ConfigSection repositoryId={repositoryId} manifest={manifest}>
        {isImage && image !== null && <ConfigFacts image={image} />}
      </ConfigSection>
      {isImage && image !== null && (
        <>
          <NamedTexts title={t('image.environment')} list={image.environment} />
          <NamedTexts title={t('image.labels')} list={image.labels} hasLinks />
        </>
      )}
      <NamedTexts title={t('image.annotations')} list={annotations} hasLinks />
    </>
  )
}

/** Says that the bytes of a manifest cannot be parsed. */
export function UnreadableNotice() {
  const t = useTranslations()
  return (
    <div className="card-line">
      <Banner tone="warn" icon="warn">
        <p>
          <strong>{t('image.unreadable')}</strong> {t('image.unreadableHelp')}
        </p>
      </Banner>
    </div>
  )
}

/** What an artifact is, in the words of its types. */
function ArtifactFacts({ manifest: { kind, artifactType, mediaType } }: { manifest: ManifestDetailsView }) {
  const t = useTranslations()
  if (kind === 'helmChart') return null
  return (
    <dl className="facts facts--tight">
      <Fact full label={t('image.artifactType')}>
        <code>{artifactType ?? mediaType}</code>
      </Fact>
    </dl>
  )
}
