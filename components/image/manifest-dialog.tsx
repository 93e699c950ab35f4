'use client'

import { useTranslations } from 'next-intl'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { manifestHref, manifestTextQuery } from '../queries/manifests'
import { ContentDialog } from './content-dialog'

interface ManifestDialogProps {
  repositoryId: string
  manifest: ManifestDetailsView
  onClose: () => void
}

/** The manifest itself. */
export function ManifestDialog({ repositoryId, manifest, onClose }: ManifestDialogProps) {
  const t = useTranslations()
  return (
    <ContentDialog
      title={t('image.manifest')}
      subject={manifest.digest}
      sizeBytes={manifest.manifestSizeBytes}
      query={manifestTextQuery(repositoryId, manifest.digest)}
      href={manifestHref(repositoryId, manifest.digest)}
      onClose={onClose}
    />
  )
}
