'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ImageConfigView, ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { fileHref } from '../queries/manifests'
import { CopyButton } from '../ui/copy-button'
import { shortDigest } from '../ui/digest'
import { DownloadLink } from '../ui/download-link'
import { Fact } from '../ui/fact'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { SubSection } from '../ui/sub-section'

interface ConfigSectionProps {
  repositoryId: string
  manifest: ManifestDetailsView
  /** What it says; null: it was not read. */
  children: ReactNode
}

/** The config of a manifest: what it says, or why it says nothing; with its digest and bytes. */
export function ConfigSection({ repositoryId, manifest: { digest, config }, children }: ConfigSectionProps) {
  const t = useTranslations()
  const format = useFormat()
  if (config === null || config.state === 'none') return null
  return (
    <SubSection
      title={t('image.config')}
      aside={
        <span className="copy">
          <code title={config.digest}>{shortDigest(config.digest)}</code>
          <CopyButton text={config.digest} label={t('image.copyConfig')} />
          {config.state !== 'missing' && (
            <DownloadLink href={fileHref(repositoryId, digest, config.digest)} label={t('image.downloadConfig')} />
          )}
        </span>
      }
    >
      {config.state === 'read' ? (
        children
      ) : (
        <p className="card-line">
          {t(`image.configStates.${config.state}`, {
            size: format.bytes(config.sizeBytes),
            type: config.mediaType ?? '—',
          })}
        </p>
      )}
    </SubSection>
  )
}

/** Values of more signs have a line of their own. */
const longLength = 60

/** What an image does when it is run, and when it was made. */
export function ConfigFacts({ image }: { image: ImageConfigView }) {
  const t = useTranslations()
  const facts: [string, string | null][] = [
    [t('image.entrypoint'), image.entrypoint && argumentsOf(image.entrypoint)],
    [t('image.command'), image.command && argumentsOf(image.command)],
    [t('image.user'), image.user],
    [t('image.directory'), image.workingDirectory],
    [t('image.ports'), image.ports.join(' ')],
    [t('image.volumes'), image.volumes.join(' ')],
    [t('image.stopSignal'), image.stopSignal],
    [t('image.author'), image.author],
  ]
  const said = facts.filter((fact): fact is [string, string] => !!fact[1])
  return (
    <dl className="facts facts--tight">
      {said.map(([label, value]) => (
        <Fact key={label} label={label} full={value.length > longLength}>
          <code>{value}</code>
        </Fact>
      ))}
      {image.platform !== null && (
        <Fact label={t('image.platform')}>
          <code>{image.platform}</code>
        </Fact>
      )}
      {image.createdAt !== null && (
        <Fact label={t('image.created')}>
          <Time value={image.createdAt} format="minute" />
        </Fact>
      )}
    </dl>
  )
}

/** As a Dockerfile writes it: JSON, with room between the words. */
function argumentsOf(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
