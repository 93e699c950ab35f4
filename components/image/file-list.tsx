'use client'

import { useTranslations } from 'next-intl'
import { fileHref } from '../queries/manifests'
import { CopyButton } from '../ui/copy-button'
import { shortDigest } from '../ui/digest'
import { DownloadLink } from '../ui/download-link'
import { Icon } from '../ui/icon'
import { Status } from '../ui/status'
import { useFolded } from '../ui/use-folded'
import { useFormat } from '../ui/use-format'
import { SubSection } from '../ui/sub-section'

interface ArtifactFile {
  digest: string | null
  mediaType: string | null
  sizeBytes: number
  isPresent: boolean
  title: string | null
}

interface FileListProps {
  repositoryId: string
  /** The manifest that refers to them. */
  digest: string
  files: { items: readonly ArtifactFile[]; totalCount: number }
}

const shownMax = 20

/** The files of an artifact, to download. */
export function FileList({ repositoryId, digest, files: { items, totalCount } }: FileListProps) {
  const t = useTranslations()
  const format = useFormat()
  const { shown, showAll } = useFolded(items, shownMax)
  return (
    <SubSection title={t('image.files')} aside={format.number(totalCount)}>
      {totalCount === 0 && <p className="card-line muted">{t('image.noFiles')}</p>}
      <ul className="items">
        {shown.map((file, index) => {
          const name = file.title ?? shortDigest(file.digest ?? '')
          return (
            <li key={index}>
              <Icon name="file" />
              <div>
                <p>{name}</p>
                {!file.isPresent && (
                  <Status icon="warn" tone="warn">
                    {t('image.missing')}
                  </Status>
                )}
                <small>
                  {format.bytes(file.sizeBytes)}
                  {file.mediaType !== null && `, ${file.mediaType}`}
                </small>
              </div>
              {file.digest !== null && (
                <span className="end">
                  <CopyButton text={file.digest} label={t('image.copyFile', { name })} />
                  {file.isPresent && (
                    <DownloadLink
                      href={fileHref(repositoryId, digest, file.digest)}
                      label={t('image.downloadNamed', { name })}
                    />
                  )}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {showAll && <p className="card-line">{showAll}</p>}
      {totalCount > items.length && (
        <p className="card-line muted">{t('image.notAll', { shown: items.length, count: totalCount })}</p>
      )}
    </SubSection>
  )
}
