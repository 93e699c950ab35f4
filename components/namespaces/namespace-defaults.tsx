'use client'

import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { ImmutableChoice, TypeChoices } from '../repositories/repository-fields'
import { Choice, FieldSet } from '../ui/field'

/** What a namespace says about pushes and the repositories they make. */
export type NamespaceDefaults = Pick<
  NamespaceView,
  'autoCreateRepository' | 'defaultRepositoryType' | 'defaultTagImmutability' | 'acceptSparseManifests'
>

interface NamespaceDefaultsFieldsProps {
  values: NamespaceDefaults
  onChange: (change: Partial<NamespaceDefaults>) => void
}

/** The fields of `NamespaceDefaults`, for the dialogs that create and edit. */
export function NamespaceDefaultsFields({ values, onChange }: NamespaceDefaultsFieldsProps) {
  const t = useTranslations()
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
      <ImmutableChoice
        legend={t('namespaces.defaultImmutability')}
        name="defaultTagImmutability"
        checked={values.defaultTagImmutability}
        onChange={(checked) => onChange({ defaultTagImmutability: checked })}
      />
    </>
  )
}
