'use client'

import { useTranslations } from 'next-intl'
import { immutabilityModes } from '@/lib/domain/immutability'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import type { Policy } from '../queries/immutability'
import { Choice, FieldSet } from '../ui/field'
import { exemptTagsOf } from './exempt-tags'
import { ExemptTagsField } from './policy-fields'
import { policyChange } from './policy-settings'

/** The default policy of new repositories, with texts that can be compared. */
export interface DefaultPolicy {
  /** `inherit`: it is the default of the instance. */
  defaultMode: ImmutabilityMode | 'inherit'
  /** Separated by spaces. */
  defaultExemptTags: string
}

/** A change of a default policy as a request has it; null: the default of the instance. Nothing: undefined. */
export function defaultChange({
  defaultMode,
  defaultExemptTags,
}: {
  readonly [Field in keyof DefaultPolicy]?: DefaultPolicy[Field] | undefined
}) {
  if (defaultMode === 'inherit') return null
  if (defaultMode === undefined && defaultExemptTags === undefined) return undefined
  return policyChange({ mode: defaultMode, exemptTags: defaultExemptTags })
}

/** What a mode or `inherit` is called. */
export function useDefaultModeWord(): (mode: DefaultPolicy['defaultMode']) => string {
  const t = useTranslations()
  return (mode) => (mode === 'inherit' ? t('immutability.inherit') : t(`immutability.modes.${mode}`))
}

interface DefaultPolicyFieldsProps {
  legend: string
  values: DefaultPolicy
  stored: DefaultPolicy
  /** The default of the instance, for what may inherit it; undefined while it loads. Null: nothing can be inherited. */
  inherited: Policy | null | undefined
  onChange: (change: Partial<DefaultPolicy>) => void
  onWrong: (isWrong: boolean) => void
}

/** The fields of a default policy: inherit, off, audit or enforce, and the exempt tags. */
export function DefaultPolicyFields(props: DefaultPolicyFieldsProps) {
  const { legend, values, stored, inherited, onChange, onWrong } = props
  const t = useTranslations()
  return (
    <>
      <FieldSet legend={legend} path="defaultImmutability">
        <div className={inherited === null ? 'choice-row choice-row--3' : 'choice-row'}>
          {inherited !== null && (
            <Choice
              type="radio"
              name="defaultMode"
              label={t('immutability.inherit')}
              help={
                inherited
                  ? t('immutability.inheritHelp', { mode: t(`immutability.modes.${inherited.mode}`) })
                  : t('immutability.inheritUnknown')
              }
              checked={values.defaultMode === 'inherit'}
              onChange={() => {
                onWrong(false)
                onChange({ defaultMode: 'inherit', defaultExemptTags: stored.defaultExemptTags })
              }}
            />
          )}
          {immutabilityModes.map((mode) => (
            <Choice
              key={mode}
              type="radio"
              name="defaultMode"
              label={t(`immutability.modes.${mode}`)}
              help={t(`immutability.modeHelp.${mode}`)}
              checked={values.defaultMode === mode}
              onChange={() => onChange({ defaultMode: mode })}
            />
          ))}
        </div>
      </FieldSet>
      {values.defaultMode !== 'inherit' && (
        <ExemptTagsField
          value={exemptTagsOf(values.defaultExemptTags)}
          stored={exemptTagsOf(stored.defaultExemptTags)}
          onChange={(patterns) => onChange({ defaultExemptTags: patterns.join(' ') })}
          onWrong={onWrong}
        />
      )}
    </>
  )
}
