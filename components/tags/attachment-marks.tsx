import { useTranslations } from 'next-intl'
import type { TagView } from '@/lib/api/schemas/tags'
import { Icon } from '../ui/icon'
import type { IconName } from '../ui/icon'

const icons: Record<keyof TagView['attachments'], IconName> = {
  signature: 'seal',
  sbom: 'list',
  provenance: 'branch',
  attestation: 'attestation',
  other: 'attachment',
}
const kinds = Object.keys(icons) as (keyof typeof icons)[]

/** What is attached to a tag: an icon and a count for each kind, the words in the title. */
export function AttachmentMarks({ of }: { of: TagView['attachments'] }) {
  const t = useTranslations()
  const present = kinds.filter((kind) => of[kind] > 0)
  if (present.length === 0) return <span className="muted">{t('tagTable.noAttachments')}</span>
  return (
    <span className="marks">
      {present.map((kind) => {
        const words = t(`tagTable.attachment.${kind}`, { count: of[kind] })
        return (
          <span key={kind} title={words}>
            <Icon name={icons[kind]} />
            <span aria-hidden="true">{of[kind]}</span>
            <span className="sr-only">{words}</span>
          </span>
        )
      })}
    </span>
  )
}

/** How many attachments there are in all. */
export function countOf(attachments: TagView['attachments']): number {
  return kinds.reduce((sum, kind) => sum + attachments[kind], 0)
}
