'use client'

import type { AttachmentView } from '@/lib/api/schemas/manifests'
import { ContentDialog } from '../content/content-dialog'
import { fileHref, fileTextQuery } from '../queries/manifests'

interface FileDialogProps {
  repositoryId: string
  /** The attachment that has it. */
  digest: string
  file: AttachmentView['files']['items'][number]
  title: string
  onClose: () => void
}

/** A file of an attachment, to read. */
export function FileDialog({ repositoryId, digest, file, title, onClose }: FileDialogProps) {
  return (
    <ContentDialog
      title={title}
      subject={file.title ?? file.mediaType ?? file.digest}
      sizeBytes={file.sizeBytes}
      query={fileTextQuery(repositoryId, digest, file.digest)}
      href={fileHref(repositoryId, digest, file.digest)}
      onClose={onClose}
    />
  )
}
