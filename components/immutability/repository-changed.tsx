import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { Time } from '../ui/time'

/** Says who changed a repository, and when, while a person was changing it; nothing: nobody did. */
export function RepositoryChanged({ theirs }: { theirs: RepositoryView | null }) {
  const t = useTranslations()
  return (
    theirs &&
    t.rich('settings.conflict', {
      name: theirs.updatedBy,
      strong: (chunks) => <strong>{chunks}</strong>,
      time: () => <Time value={theirs.updatedAt} format="relative" />,
    })
  )
}
