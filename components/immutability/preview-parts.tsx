import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import type { IconName } from '../ui/icon'
import { Skeleton } from '../ui/states'
import { RequestId } from '../ui/request-id'
import { useErrorText } from '../ui/use-error-text'

interface PreviewLineProps {
  icon: IconName
  tone?: 'lock' | 'warn'
  children: ReactNode
}

/** A line of a preview: one thing that a change does. */
export function PreviewLine({ icon, tone, children }: PreviewLineProps) {
  return (
    <li className={tone && `is-${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </li>
  )
}

/** Why there is no preview, and a button that tries again. */
export function PreviewError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTranslations()
  const errorText = useErrorText()
  return (
    <ul>
      <PreviewLine icon="warn" tone="warn">
        <p>{errorText(error)}</p>
        <RequestId error={error} />
        <Button small onClick={onRetry}>
          {t('common.retry')}
        </Button>
      </PreviewLine>
    </ul>
  )
}

/** As many lines as a preview is likely to have, while it loads; `name` is what loads. */
export function PreviewSkeleton({ name, lines }: { name: string; lines: number }) {
  const t = useTranslations()
  return (
    <ul aria-label={t('table.loading', { name })}>
      {Array.from({ length: lines }, (_, line) => (
        <PreviewLine key={line} icon="free">
          <p>
            <Skeleton width="xl" />
          </p>
        </PreviewLine>
      ))}
    </ul>
  )
}
