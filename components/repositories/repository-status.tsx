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
    <Status icon={type === 'PUBLIC' ? 'globe' : 'shield'} {...(plain ? {} : { tone: 'quiet' as const })}>
      {type === 'PUBLIC' ? t('repositories.public') : t('repositories.private')}
    </Status>
  )
}

/** Whether tags can be overwritten. */
export function ImmutabilityStatus({ isImmutable, plain }: { isImmutable: boolean } & Tone) {
  const t = useTranslations()
  if (isImmutable) {
    return (
      <Status icon="lock" tone="accent">
        {t('repositories.immutable')}
      </Status>
    )
  }
  return (
    <Status icon="free" {...(plain ? {} : { tone: 'quiet' as const })}>
      {t('repositories.mutable')}
    </Status>
  )
}
