import { useLocale, useTranslations } from 'next-intl'
import { permissions } from '@/lib/domain/access'
import { isRegionId } from '@/lib/domain/regions'
import { formatMoment } from '@/lib/i18n/format'
import { auditFields } from './fields'

const roles = { ADMINISTRATOR: 'administrator', MEMBER: 'member' } as const
const modes = ['off', 'audit', 'enforce'] as const
const types = ['PUBLIC', 'PRIVATE'] as const
const specifications = ['Enterprise_Basic', 'Enterprise_Standard', 'Enterprise_Advanced'] as const
const done = ['changed', 'set', 'removed', 'renewed'] as const

/** UTC, ISO 8601. */
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

/** The word for a field; one that the console does not know stays as it is. */
export function useFieldText() {
  const t = useTranslations()
  return (field: string): string => {
    const known = auditFields.find((one) => one === field)
    return known === undefined ? field : t(`audit.fields.${known}`)
  }
}

/** A value of a field in words; empty for none. */
export function useValueText() {
  const t = useTranslations()
  const locale = useLocale()

  function wordOf(field: string, value: string): string {
    const isOf = <T extends string>(words: readonly T[]) => words.find((one) => one === value)
    const permission = isOf(permissions)
    if (field === 'permission' && permission) return t(`grants.permissions.${permission}`)
    if (field === 'role' && Object.hasOwn(roles, value)) return t(`frame.${roles[value as keyof typeof roles]}`)
    const mode = isOf(modes)
    if (/mode$/i.test(field) && mode) return t(`immutability.modes.${mode}`)
    const type = isOf(types)
    if (/type$/i.test(field) && type) return t(`audit.types.${type}`)
    const specification = isOf(specifications)
    if (field === 'specification' && specification) return t(`instances.specifications.${specification}`)
    const word = isOf(done)
    if ((field === 'password' || field === 'recoveryCodes') && word) return t(`audit.values.${word}`)
    if (field === 'regionId' && isRegionId(value)) return t(`regions.${value}`)
    return time.test(value) ? formatMoment(new Date(value), locale) : value
  }

  function valueText(field: string, value: unknown): string {
    if (value === undefined || value === null) return ''
    if (typeof value === 'boolean') return value ? t('audit.yes') : t('audit.no')
    if (typeof value === 'string') return wordOf(field, value)
    if (Array.isArray(value)) return value.map((one) => valueText(field, one)).join(', ')
    if (typeof value === 'object') {
      return Object.entries(value)
        .filter(([, inner]) => inner !== null && inner !== '')
        .map(([name, inner]) => `${name}: ${valueText(name, inner)}`)
        .join(', ')
    }
    return JSON.stringify(value)
  }

  return valueText
}
