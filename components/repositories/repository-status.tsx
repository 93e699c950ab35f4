import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { Status } from '../ui/status'

interface Tone {
  /** Beside other facts of one thing, where nothing needs to stand back. */
  plain?: boolean
}

/** Who may pull. */
export function TypeStatus({ type, plain }: { type: RepositoryView['type'] } & Tone) {
  const t = useTranslations()
  return (
    <Status icon={type === 'PUBLIC' ? 'public' : 'private'} {...(plain ? {} : { tone: 'quiet' as const })}>
      {type === 'PUBLIC' ? t('repositories.public') : t('repositories.private')}
    </Status>
  )
}
