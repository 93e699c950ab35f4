'use client'

import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { SearchField } from './filters'
import { Icon } from './icon'
import type { IconName } from './icon'
import { LoadError, Skeleton } from './states'

/** Something to choose. */
export interface PickOption {
  value: string
  label: string
  /** Beside the label. */
  note: string
  icon: IconName
}

interface PickListProps {
  legend: string
  /** Of the form's field. */
  name: string
  searchLabel: string
  search: string
  onSearch: (text: string) => void
  /** What was found; null while it loads. */
  options: readonly PickOption[] | null
  /** Why nothing was read; null: it was, or loads. */
  loadError: unknown
  onRetry: () => void
  /** How many more there are than `options` has; null: some, and nobody knows how many. */
  moreCount: number | null
  chosen: PickOption | null
  onChoose: (option: PickOption) => void
  /** What stands there when nothing was found. */
  empty: string
  /** What is wrong with the choice. */
  error?: string | undefined
}

/** A choice out of many: a search field over radio buttons, as tall with one as with many. */
export function PickList(props: PickListProps) {
  const { legend, name, searchLabel, search, onSearch, options, loadError, onRetry, moreCount } = props
  const { chosen, onChoose, empty, error } = props
  const t = useTranslations()
  const errorId = useId()
  const isChosenFound = options?.some(({ value }) => value === chosen?.value) === true
  // What was chosen stays in sight, whatever is searched for next.
  const shown = options && chosen && !isChosenFound ? [chosen, ...options] : options
  const isLoading = shown === null && loadError === null
  return (
    <fieldset
      className="field"
      data-field={name}
      // Enter searches: it does not confirm the dialog that the list is in.
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.target as HTMLInputElement).type === 'search') event.preventDefault()
      }}
      {...(error === undefined ? {} : { 'aria-describedby': errorId })}
    >
      <legend>{legend}</legend>
      <SearchField label={searchLabel} placeholder={searchLabel} value={search} onSearch={onSearch} />
      <div className="pick-list" aria-busy={isLoading}>
        {shown === null && loadError !== null && <LoadError error={loadError} onRetry={onRetry} />}
        {isLoading && (
          <p role="status" aria-label={t('table.loading', { name: legend })}>
            <Skeleton width="xl" />
          </p>
        )}
        {shown?.length === 0 && <p role="status">{empty}</p>}
        {shown?.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              className="radio"
              name={name}
              value={option.value}
              checked={option.value === chosen?.value}
              onChange={() => onChoose(option)}
            />
            <Icon name={option.icon} />
            <span title={option.label}>{option.label}</span>
            <small title={option.note}>{option.note}</small>
          </label>
        ))}
        {moreCount !== 0 && (
          <p>{moreCount === null ? t('table.moreUncounted') : t('table.more', { count: moreCount })}</p>
        )}
      </div>
      {error !== undefined && (
        <p className="error" id={errorId}>
          <Icon name="warn" />
          {error}
        </p>
      )}
    </fieldset>
  )
}
