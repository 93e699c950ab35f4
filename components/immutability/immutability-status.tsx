import { useTranslations } from 'next-intl'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import { Badge, Status } from '../ui/status'

/** What a mode is called in a row, and where settings are compared. */
export function useModeWord(): (mode: ImmutabilityMode) => string {
  const t = useTranslations()
  const words = {
    off: t('repositories.mutable'),
    audit: t('immutability.modes.audit'),
    enforce: t('repositories.immutable'),
  }
  return (mode) => words[mode]
}

/** The icon of a mode. */
const modeIcons = { off: 'free', audit: 'flag', enforce: 'lock' } as const

/** Whether tags can be overwritten, in the head of a page. */
export function ImmutabilityBadge({ mode }: { mode: ImmutabilityMode }) {
  const word = useModeWord()(mode)
  return (
    <Badge icon={modeIcons[mode]} accent={mode === 'enforce'}>
      {word}
    </Badge>
  )
}

/**
 * Whether tags can be overwritten, in a row; `plain`: beside other facts of one thing, where nothing needs to stand
 * back.
 */
export function ImmutabilityStatus({ mode, plain }: { mode: ImmutabilityMode; plain?: boolean }) {
  const word = useModeWord()(mode)
  const tone = mode === 'enforce' ? 'accent' : plain ? undefined : 'quiet'
  return (
    <Status icon={modeIcons[mode]} {...(tone && { tone })}>
      {word}
    </Status>
  )
}
