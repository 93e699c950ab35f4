'use client'

import { useTranslations } from 'next-intl'
import type { NamedTextView } from '@/lib/api/schemas/manifests'
import { useFolded } from '../ui/use-folded'
import { useFormat } from '../ui/use-format'
import { SubSection } from '../ui/sub-section'

interface NamedTextsProps {
  title: string
  list: { items: readonly NamedTextView[]; totalCount: number }
  /** Whether addresses among the values are links. */
  hasLinks?: boolean
}

const shownMax = 20

/** Names with their values: variables, labels, annotations. Nothing where there are none. */
export function NamedTexts({ title, list: { items, totalCount }, hasLinks = false }: NamedTextsProps) {
  const t = useTranslations()
  const format = useFormat()
  const { shown, showAll } = useFolded(items, shownMax)
  if (totalCount === 0) return null
  return (
    <SubSection title={title} aside={format.number(totalCount)}>
      <dl className="named-texts">
        {shown.map(({ name, value }, index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{hasLinks ? <LinkedText text={value} /> : value}</dd>
          </div>
        ))}
      </dl>
      {showAll && <p className="card-line">{showAll}</p>}
      {totalCount > items.length && (
        <p className="card-line muted">{t('image.notAll', { shown: items.length, count: totalCount })}</p>
      )}
    </SubSection>
  )
}

/** A text that others wrote: a link where it is the address of a web page, and nothing else that a browser would run. */
export function LinkedText({ text }: { text: string }) {
  const isAddress = /^https?:\/\/\S+$/i.test(text) && URL.canParse(text)
  if (!isAddress) return text
  return (
    <a href={text} rel="noopener noreferrer" target="_blank">
      {text}
    </a>
  )
}
