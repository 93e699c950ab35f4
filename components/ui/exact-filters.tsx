'use client'

import { useTranslations } from 'next-intl'
import { Icon } from './icon'
import type { ListParameters } from './use-list-parameters'

interface ExactFiltersProps<Name extends string> {
  list: ListParameters<NoInfer<Name>>
  names: readonly Name[]
  labelOf: (name: Name) => string
}

/** The filters that a row has set, each with a button that clears it. */
export function ExactFilters<Name extends string>({ list, names, labelOf }: ExactFiltersProps<Name>) {
  const t = useTranslations()
  const given = names.filter((name) => list.filters[name] !== '')
  if (given.length === 0) return null
  return (
    <ul className="exact-filters" aria-label={t('audit.filters')}>
      {given.map((name) => (
        <li key={name} className="badge">
          <span>
            {labelOf(name)} <strong>{list.filters[name]}</strong>
          </span>
          <button
            type="button"
            aria-label={t('audit.clearFilter', { name: labelOf(name) })}
            onClick={() => list.set({ [name]: '' })}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  )
}
