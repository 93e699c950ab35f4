'use client'

import { useTranslations } from 'next-intl'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { ContentDialog } from '../content/content-dialog'
import { manifestHref, manifestTextQuery } from '../queries/manifests'

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
