import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositorySpaceQuery } from '../queries/space'
import { useFormat } from '../ui/use-format'

/** How much room a repository takes, and what of it no other has, as it was counted last. */
export function RepositorySize({ repository }: { repository: RepositoryView }) {
  const t = useTranslations()
  const format = useFormat()
  const { data: space } = useQuery(repositorySpaceQuery(repository.id))
  return (
    <>
      {format.bytes(repository.sizeBytes)}
      {space && space.countedAt !== null && space.sizeBytes > 0 && (
        <span className="muted">
          {t('space.exclusiveOf', {
            exclusive: format.bytes(space.exclusiveBytes),
            shared: format.bytes(space.sharedBytes),
          })}
        </span>
      )}
    </>
  )
}
