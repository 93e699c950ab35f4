'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { descriptionMaxLength, summaryMaxLength } from '@/lib/api/schemas/repositories'
import { Choice, FieldSet, TextArea, TextField } from '../ui/field'
import { useFormat } from '../ui/use-format'

interface TypeChoicesProps {
  legend: string
  name: string
  value: RepositoryView['type']
  onChange: (type: RepositoryView['type']) => void
}

/** Public or private. */
export function TypeChoices({ legend, name, value, onChange }: TypeChoicesProps) {
  const t = useTranslations()
  return (
    <FieldSet legend={legend} path={name}>
      <div className="choice-row">
        <Choice
          type="radio"
          name={name}
          label={t('repositories.public')}
          help={t('repositories.publicHelp')}
          checked={value === 'PUBLIC'}
          onChange={() => onChange('PUBLIC')}
        />
        <Choice
          type="radio"
          name={name}
          label={t('repositories.private')}
          help={t('repositories.privateHelp')}
          checked={value === 'PRIVATE'}
          onChange={() => onChange('PRIVATE')}
        />
      </div>
    </FieldSet>
  )
}

interface ImmutableChoiceProps {
  legend: string
  name: string
  checked: boolean
  onChange: (checked: boolean) => void
  /** Beneath the check box: what it would do, and more of the policy. */
  children?: ReactNode
}

/** The Immutable check box. */
export function ImmutableChoice({ legend, name, checked, onChange, children }: ImmutableChoiceProps) {
  const t = useTranslations()
  return (
    <FieldSet legend={legend} path={name}>
      <Choice
        type="checkbox"
        name={name}
        label={t('repositories.immutable')}
        help={t.rich('repositories.immutableHelp', { code: (chunks) => <code>{chunks}</code> })}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {children}
    </FieldSet>
  )
}

interface TextsProps {
  summary: string
  description: string
  onChange: (name: 'summary' | 'description', value: string) => void
}

/** Summary and description, with how long they are and may be. */
export function RepositoryTexts({ summary, description, onChange }: TextsProps) {
  const t = useTranslations()
  const format = useFormat()
  return (
    <>
      <TextField
        label={t('repositories.summary')}
        name="summary"
        maxLength={summaryMaxLength}
        note={t('repositories.length', {
          length: format.number(summary.length),
          max: format.number(summaryMaxLength),
        })}
        value={summary}
        onChange={(event) => onChange('summary', event.target.value)}
      />
      <TextArea
        label={t('repositories.description')}
        name="description"
        mono
        maxLength={descriptionMaxLength}
        note={t('repositories.markdownLength', {
          length: format.number(description.length),
          max: format.number(descriptionMaxLength),
        })}
        value={description}
        onChange={(event) => onChange('description', event.target.value)}
      />
    </>
  )
}
