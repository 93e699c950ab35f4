'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { AttachmentView } from '@/lib/api/schemas/manifests'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { fileHref, manifestHref } from '../queries/manifests'
import { digestHref } from '../routes'
import { IconButton } from '../ui/button'
import { shortDigest } from '../ui/digest'
import { DownloadLink } from '../ui/download-link'
import { Icon } from '../ui/icon'
import type { IconName } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { Middle } from '../ui/middle'
import { Status } from '../ui/status'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'

const FileDialog = lazyComponent(() => import('./file-dialog'), 'FileDialog')

type AttachmentFile = AttachmentView['files']['items'][number]

const icons: Partial<Record<AttachmentView['kind'], IconName>> = {
  signature: 'seal',
  sbom: 'list',
  provenance: 'branch',
  attestation: 'attestation',
  scan: 'scan',
  image: 'image',
  index: 'image',
}

interface AttachmentItemProps {
  region: RegionId
  repository: RepositoryView
  attachment: AttachmentView
}

/** An attachment: what it is, by whom and since when, with its files to read and to download. */
export function AttachmentItem({ region, repository, attachment }: AttachmentItemProps) {
  const t = useTranslations()
  const format = useFormat()
  const [viewed, setViewed] = useState<AttachmentFile | null>(null)
  const { digest, kind, files, artifactType, mediaType, tag } = attachment
  const title = t(`image.kinds.${kind}`)
  const [first, ...others] = files.items
  const isOne = first !== undefined && others.length === 0 && files.totalCount === 1
  const about = [attachment.format, format.bytes(attachment.sizeBytes)].filter((part) => part !== null)
  return (
    <li>
      <Icon name={icons[kind] ?? 'attachment'} />
      <div>
        <p>
          <Link className="quiet" href={digestHref(region, repository, digest)}>
            {title}
          </Link>
        </p>
        {isOne && !first.isPresent && <Missing />}
        <small>
          {about.map((part) => part + t('common.comma'))}
          <Time value={attachment.pushedAt} format="date" />
          {t('common.comma')}
          {attachment.pushedBy}
        </small>
        <small>
          <Middle text={tag ?? artifactType ?? mediaType} tail={16} />
        </small>
        {!isOne && (
          <ul className="attached-files">
            {files.items.map((file) => (
              <li key={file.digest}>
                <small>
                  <Middle text={nameOf(file)} />
                </small>
                {!file.isPresent && <Missing />}
                <FileButtons
                  repositoryId={repository.id}
                  digest={digest}
                  file={file}
                  label={nameOf(file)}
                  onView={() => setViewed(file)}
                />
              </li>
            ))}
          </ul>
        )}
        {files.totalCount > files.items.length && (
          <small>{t('image.notAll', { shown: files.items.length, count: files.totalCount })}</small>
        )}
      </div>
      {isOne && (
        <FileButtons
          repositoryId={repository.id}
          digest={digest}
          file={first}
          label={`${title} ${shortDigest(digest)}`}
          onView={() => setViewed(first)}
        />
      )}
      {files.totalCount === 0 && (
        <span className="end">
          <DownloadLink
            href={manifestHref(repository.id, digest)}
            label={t('image.downloadNamed', { name: `${title} ${shortDigest(digest)}` })}
          />
        </span>
      )}
      <Suspense>
        {viewed !== null && (
          <FileDialog
            repositoryId={repository.id}
            digest={digest}
            file={viewed}
            title={title}
            onClose={() => setViewed(null)}
          />
        )}
      </Suspense>
    </li>
  )
}

function Missing() {
  const t = useTranslations()
  return (
    <Status icon="warn" tone="warn">
      {t('image.missing')}
    </Status>
  )
}

/** What a file is called; what it is, where it has no name. */
function nameOf({ title, mediaType, digest }: AttachmentFile): string {
  return title ?? mediaType ?? shortDigest(digest)
}

interface FileButtonsProps {
  repositoryId: string
  digest: string
  file: AttachmentFile
  label: string
  onView: () => void
}

function FileButtons({ repositoryId, digest, file, label, onView }: FileButtonsProps) {
  const t = useTranslations()
  if (!file.isPresent) return null
  return (
    <span className="end">
      {isText(file.mediaType) && (
        <IconButton icon="view" label={t('common.viewNamed', { name: label })} onClick={onView} />
      )}
      <DownloadLink
        href={fileHref(repositoryId, digest, file.digest)}
        label={t('image.downloadNamed', { name: label })}
      />
    </span>
  )
}

/** Whether a person can read what has this type. */
function isText(mediaType: string | null): boolean {
  return mediaType !== null && /json|xml|yaml|^text\//.test(mediaType)
}
