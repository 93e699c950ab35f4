import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { Badge, Status } from '../ui/status'

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

/** What a mode is called in a row, and where settings are compared. */
export function useModeWord(): (mode: RepositoryView['immutability']['mode']) => string {
  const t = useTranslations()
  const words = {
    off: t('repositories.mutable'),
    audit: t('immutability.modes.audit'),
    enforce: t('repositories.immutable'),
  }
  return (mode) => words[mode]
}

/** The icon of a mode. */
const modeIcons = { off: 'free', audit: 'eye', enforce: 'lock' } as const

/** Whether tags can be overwritten, in the head of a page. */
export function ImmutabilityBadge({ mode }: { mode: RepositoryView['immutability']['mode'] }) {
  const word = useModeWord()(mode)
  return (
    <Badge icon={modeIcons[mode]} accent={mode === 'enforce'}>
      {word}
    </Badge>
  )
}

/** Whether tags can be overwritten. */
export function ImmutabilityStatus({ mode, plain }: { mode: RepositoryView['immutability']['mode'] } & Tone) {
  const word = useModeWord()(mode)
  const tone = mode === 'enforce' ? 'accent' : plain ? undefined : 'quiet'
  return (
    <Status icon={modeIcons[mode]} {...(tone && { tone })}>
      {word}
    </Status>
  )
}
