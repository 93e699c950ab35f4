'use client'

import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { DefaultPolicyFields, defaultChange } from '../immutability/default-policy-fields'
import type { DefaultPolicy } from '../immutability/default-policy-fields'
import type { Policy } from '../queries/immutability'
import { TypeChoices } from '../repositories/repository-fields'
import { Choice, FieldSet, SelectField } from '../ui/field'

/** What a namespace says about pushes, the repositories they make, and the manifests that are left over. */
export type NamespaceDefaults = Pick<
  NamespaceView,
  'autoCreateRepository' | 'defaultRepositoryType' | 'acceptSparseManifests' | 'untaggedRetentionDays'
> &
  DefaultPolicy

/** Defaults, or changes of them, as a request has them. */
export function bodyOfDefaults<Others extends object>({
  defaultMode,
  defaultExemptTags,
  ...others
}: Others & Partial<DefaultPolicy>) {
  const defaultImmutability = defaultChange({ defaultMode, defaultExemptTags })
  return { ...others, ...(defaultImmutability !== undefined && { defaultImmutability }) }
}

/** What the list offers, in days; a namespace may have another number by the API. */
const offeredDays = [1, 7, 14, 30, 90, 180, 365, 0]

/** Says in words for how long untagged manifests are kept. */
export function useDaysText(): (days: number) => string {
  const t = useTranslations()
  return (days) => (days === 0 ? t('namespaces.forEver') : t('namespaces.days', { count: days }))
}

interface NamespaceDefaultsFieldsProps {
  values: NamespaceDefaults
  /** As they are without a change. */
  stored: NamespaceDefaults
  /** The default policy of the instance; undefined while it loads. */
  inherited: Policy | undefined
  onChange: (change: Partial<NamespaceDefaults>) => void
  /** Whether a field holds what cannot be saved. */
  onWrong: (isWrong: boolean) => void
}

/** The fields of `NamespaceDefaults`, for the dialogs that create and edit. */
export function NamespaceDefaultsFields(props: NamespaceDefaultsFieldsProps) {
  const { values, stored, inherited, onChange, onWrong } = props
  const t = useTranslations()
  const daysText = useDaysText()
  return (
    <>
      <FieldSet legend={t('namespaces.onPush')}>
        <Choice
          type="checkbox"
          name="autoCreateRepository"
          label={t('namespaces.autoCreate')}
          help={t('namespaces.autoCreateHelp')}
          checked={values.autoCreateRepository}
          onChange={(event) => onChange({ autoCreateRepository: event.target.checked })}
        />
        <Choice
          type="checkbox"
          name="acceptSparseManifests"
          label={t('namespaces.acceptSparse')}
          help={t('namespaces.acceptSparseHelp')}
          checked={values.acceptSparseManifests}
          onChange={(event) => onChange({ acceptSparseManifests: event.target.checked })}
        />
      </FieldSet>
      <TypeChoices
        legend={t('namespaces.defaultType')}
        name="defaultRepositoryType"
        value={values.defaultRepositoryType}
        onChange={(type) => onChange({ defaultRepositoryType: type })}
      />
      <DefaultPolicyFields
        legend={t('namespaces.defaultImmutability')}
        values={values}
        stored={stored}
        inherited={inherited}
        onChange={onChange}
        onWrong={onWrong}
      />
      <SelectField
        name="untaggedRetentionDays"
        label={t('namespaces.keepUntagged')}
        help={t('namespaces.keepUntaggedHelp')}
        value={values.untaggedRetentionDays}
        onChange={(event) => onChange({ untaggedRetentionDays: Number(event.target.value) })}
      >
        {[...new Set([...offeredDays, values.untaggedRetentionDays])].map((days) => (
          <option key={days} value={days}>
            {daysText(days)}
          </option>
        ))}
      </SelectField>
    </>
  )
}
