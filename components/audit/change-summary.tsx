import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { changesOf } from './changes'
import { useFieldText, useValueText } from './use-change-words'

/** The first field that changed, in words, and how many others. */
export function ChangeSummary({ event }: { event: AuditEventView }) {
  const t = useTranslations()
  const fieldText = useFieldText()
  const valueText = useValueText()
  const [first, ...others] = changesOf(event)
  return (
    <span className="cell-stack audit-change">
      {first && (
        <span>
          {t.rich('audit.firstField', {
            field: fieldText(first.field),
            before: valueText(first.field, first.before),
            after: valueText(first.field, first.after),
            // An arrow from nothing would say nothing.
            old: (text) => valueText(first.field, first.before) !== '' && <Former text={text} />,
          })}
        </span>
      )}
      {others.length > 0 && <small>{t('audit.moreFields', { count: others.length })}</small>}
    </span>
  )
}

function Former({ text }: { text: ReactNode }) {
  return (
    <>
      <s>{text}</s> →{' '}
    </>
  )
}
