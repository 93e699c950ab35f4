import { useTranslations } from 'next-intl'
import type { ChildView } from '@/lib/api/schemas/manifests'

/** Whether a manifest that an index names is one to run, or at least to look at by itself: attestations are no platform. */
export function isPlatform({ kind, attachedTo }: ChildView): boolean {
  return attachedTo === null && kind !== 'attestation'
}

const types: Record<string, 'ociIndex' | 'ociManifest' | 'dockerList' | 'dockerManifest'> = {
  'application/vnd.oci.image.index.v1+json': 'ociIndex',
  'application/vnd.oci.image.manifest.v1+json': 'ociManifest',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'dockerList',
  'application/vnd.docker.distribution.manifest.v2+json': 'dockerManifest',
}

/** The media type of a manifest in words; others as they are. */
export function useTypeWords() {
  const t = useTranslations()
  return (mediaType: string): string => {
    const type = types[mediaType]
    return type === undefined ? mediaType : t(`image.types.${type}`)
  }
}
