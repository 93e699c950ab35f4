'use client'

import { useTranslations } from 'next-intl'
import { CopyButton } from '../ui/copy-button'

/** A command or a file of the manual, to read whole and to copy. */
export function ManualCode({ text }: { text: string }) {
  const t = useTranslations()
  return (
    <div className="code">
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={t('help.copyCode')} />
    </div>
  )
}
