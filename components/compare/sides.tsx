'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useId, useState } from 'react'
import type { ComparisonView } from '@/lib/api/schemas/comparison'
import { IconButton } from '../ui/button'
import { shortDigest } from '../ui/digest'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { Middle } from '../ui/middle'
import { Time } from '../ui/time'

const ChooseSideDialog = lazyComponent(() => import('./choose-side-dialog'), 'ChooseSideDialog')

interface SidesProps {
  repositoryId: string
  /** A tag or a digest each; empty: none yet. */
  before: string
  after: string
  /** Null while it loads, and where there is nothing to compare yet. */
  comparison: ComparisonView | null
  onChange: (sides: { before?: string; after?: string }) => void
}

/** The two that are compared, each to be changed; and a button that swaps them. */
export function Sides({ repositoryId, before, after, comparison, onChange }: SidesProps) {
  const t = useTranslations()
  return (
    <div className="sides">
      <SideField
        label={t('compare.before')}
        dialogTitle={t('compare.chooseBefore')}
        repositoryId={repositoryId}
        reference={before}
        about={comparison?.before ?? null}
        onChoose={(reference) => onChange({ before: reference })}
      />
      <IconButton
        icon="swap"
        large
        label={t('compare.swap')}
        onClick={() => onChange({ before: after, after: before })}
      />
      <SideField
        label={t('compare.after')}
        dialogTitle={t('compare.chooseAfter')}
        repositoryId={repositoryId}
        reference={after}
        about={comparison?.after ?? null}
        onChoose={(reference) => onChange({ after: reference })}
      />
    </div>
  )
}

interface SideFieldProps {
  label: string
  dialogTitle: string
  repositoryId: string
  reference: string
  about: ComparisonView['before'] | null
  onChoose: (reference: string) => void
}

function SideField({ label, dialogTitle, repositoryId, reference, about, onChoose }: SideFieldProps) {
  const t = useTranslations()
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div className="field side-field">
      <span id={`${id}-label`} className="side-label">
        {label}
      </span>
      <button
        type="button"
        id={`${id}-value`}
        className="side-button"
        aria-haspopup="dialog"
        aria-labelledby={`${id}-label ${id}-value`}
        onClick={() => setIsOpen(true)}
      >
        {reference === '' ? (
          <span className="muted">{t('compare.choose')}</span>
        ) : (
          <code>
            <Middle text={reference} />
          </code>
        )}
        <Icon name="down" />
      </button>
      <p className="help">
        {about === null ? (
          ' '
        ) : (
          <>
            <code title={about.digest}>{shortDigest(about.digest)}</code>
            {t.rich('compare.pushed', {
              by: about.pushedBy,
              time: () => <Time value={about.pushedAt} format="date" />,
            })}
          </>
        )}
      </p>
      <Suspense>
        {isOpen && (
          <ChooseSideDialog
            title={dialogTitle}
            repositoryId={repositoryId}
            current={reference}
            onChoose={(chosen) => {
              setIsOpen(false)
              onChoose(chosen)
            }}
            onClose={() => setIsOpen(false)}
          />
        )}
      </Suspense>
    </div>
  )
}
