'use client'

import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { TextButton } from './button'
import { Icon } from './icon'
import { useKeptChoice } from './use-kept-choice'

/** The columns of a table that a person has hidden, kept in this browser. */
export function useHiddenColumns(table: string) {
  const [kept, keep] = useKeptChoice(`columns-${table}`)
  const hidden = new Set((kept ?? '').split(' ').filter((key) => key !== ''))
  return {
    hidden,
    toggle: (key: string) => {
      const next = new Set(hidden)
      if (!next.delete(key)) next.add(key)
      keep([...next].join(' '))
    },
    reset: () => keep(''),
  }
}

interface ColumnsButtonProps {
  /** The name that `useHiddenColumns` has. */
  table: string
  /** The header of the column that is always there. */
  always: string
  columns: readonly { key: string; header: string }[]
}

/** Chooses the columns of a table, in its toolbar. */
export function ColumnsButton({ table, always, columns }: ColumnsButtonProps) {
  const t = useTranslations()
  const id = useId()
  const { hidden, toggle, reset } = useHiddenColumns(table)
  return (
    <>
      <button
        type="button"
        className="icon-button icon-button--large"
        aria-label={t('table.columns')}
        title={t('table.columns')}
        popoverTarget={id}
      >
        <Icon name="columns" />
      </button>
      <div id={id} popover="auto" role="dialog" aria-label={t('table.columns')} className="menu menu--columns">
        <h2>{t('table.columns')}</h2>
        <label>
          <input className="check" type="checkbox" checked disabled readOnly />
          {always}
          <small>{t('table.columnAlways')}</small>
        </label>
        {columns.map(({ key, header }) => (
          <label key={key}>
            <input className="check" type="checkbox" checked={!hidden.has(key)} onChange={() => toggle(key)} />
            {header}
          </label>
        ))}
        <div>
          <span>{t('table.columnsFold')}</span>
          <TextButton onClick={reset}>{t('table.columnsReset')}</TextButton>
        </div>
      </div>
    </>
  )
}
