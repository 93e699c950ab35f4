import { useTranslations } from 'next-intl'
import type { GarbageCollection } from '../queries/maintenance'
import { useFormat } from '../ui/use-format'

/** What a garbage collection freed, or would have freed, in words. */
export function useFreedText() {
  const t = useTranslations()
  const format = useFormat()
  return {
    /** “Freed 1.2 GiB”, and “Would free 1.2 GiB” of a dry run. */
    result({
      isDryRun,
      removedBytes,
      removedManifests,
      removedBlobs,
      removedLinks,
      removedUploads,
      state,
    }: GarbageCollection): string {
      const size = format.bytes(removedBytes)
      const isNothing = removedBytes + removedManifests + removedBlobs + removedLinks + removedUploads === 0
      if (isNothing && state === 'SUCCEEDED') return t('garbageCollection.nothing')
      return isDryRun ? t('garbageCollection.wouldHaveFreed', { size }) : t('garbageCollection.hasFreed', { size })
    },
    /** “4 manifests, 42 blobs, 57 links, 3 uploads”, without manifests when there are none. */
    parts({ removedManifests, removedBlobs, removedLinks, removedUploads }: GarbageCollection): string {
      return t('garbageCollection.parts', {
        manifests: removedManifests,
        blobs: removedBlobs,
        links: removedLinks,
        uploads: removedUploads,
      })
    },
  }
}
