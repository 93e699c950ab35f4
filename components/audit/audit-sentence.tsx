import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { useActionText, useTargetText } from './event-words'
import { howOf, partsOfGrant, sentenceOf } from './sentence'
import { useValueText } from './use-change-words'

/** Actors that are nobody's name. */
const actors = { system: 'system', 'command-line': 'commandLine', anonymous: 'anonymous' } as const

/** What an event did, as a sentence. */
export function AuditSentence({ event }: { event: AuditEventView }) {
  const t = useTranslations()
  const actionText = useActionText()
  const targetText = useTargetText()
  const valueText = useValueText()
  const { before, after } = event
  const b = (name: ReactNode) => <b>{name}</b>
  const known = Object.hasOwn(actors, event.actor) ? actors[event.actor as keyof typeof actors] : null
  const actor = known === null ? event.actor : t(`audit.actors.${known}`)
  const name = event.targetName || event.targetId
  const key = sentenceOf(event)
  if (key === null) {
    const words = { action: actionText(event.action), type: targetText(event.targetType) }
    return t.rich('audit.otherSentence', { actor, name, b, ...words })
  }
  return t.rich(`audit.sentences.${key}`, {
    actor,
    name,
    b,
    how: howOf(event),
    ...partsOfGrant(name),
    permission: valueText('permission', (after ?? before)?.['permission']),
    from: textOf(before?.['name']),
    count: Number(after?.['total'] ?? after?.['leftOut'] ?? 0),
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
