'use client'

import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { exemptTagsMax, immutabilityModes, isExemptTagPattern } from '@/lib/domain/immutability'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import { classNames } from '../ui/class-names'
import { IconButton } from '../ui/button'
import { Choice, Field, FieldSet } from '../ui/field'
import { useFormat } from '../ui/use-format'

interface ModeChoicesProps {
  legend: string
  name: string
  value: ImmutabilityMode
  onChange: (mode: ImmutabilityMode) => void
  /** Beneath the choices: where the policy comes from. */
  children?: ReactNode
}

/** Off, Audit or Enforce. */
export function ModeChoices({ legend, name, value, onChange, children }: ModeChoicesProps) {
  const t = useTranslations()
  return (
    <FieldSet legend={legend} path={name}>
      <div className="choice-row choice-row--3">
        {immutabilityModes.map((mode) => (
          <Choice
            key={mode}
            type="radio"
            name={name}
            label={t(`immutability.modes.${mode}`)}
            help={t(`immutability.modeHelp.${mode}`)}
            checked={value === mode}
            onChange={() => onChange(mode)}
          />
        ))}
      </div>
      {children}
    </FieldSet>
  )
}

interface ExemptTagsFieldProps {
  value: readonly string[]
  onChange: (exemptTags: string[]) => void
  /** The patterns as they are stored: the others are marked as new. */
  stored: readonly string[]
  /** By pattern, how many tags it exempts; empty while that is not known. */
  counts?: ReadonlyMap<string, number>
  /** Whether there is text in the field that cannot be added. */
  onWrong: (isWrong: boolean) => void
}

type Wrong = { kind: 'rule' | 'full' } | { kind: 'twice'; pattern: string }

/** The names and patterns of the tags that a policy leaves free, to add to and remove from. */
export function ExemptTagsField({ value, onChange, stored, counts, onWrong }: ExemptTagsFieldProps) {
  const t = useTranslations()
  const format = useFormat()
  const input = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState('')
  const [wrong, setWrong] = useState<Wrong | null>(null)

  function show(text: string, problem: Wrong | null) {
    setDraft(text)
    setWrong(problem)
    onWrong(problem !== null)
  }

  /** Adds what was typed or pasted; what cannot be added stays in the field. */
  function add() {
    const added = [...value]
    for (const pattern of draft.split(/[\s,]+/).filter((text) => text !== '')) {
      const problem = problemOf(pattern, added)
      if (problem !== null) {
        show(draft, problem)
        return
      }
      added.push(pattern)
    }
    if (added.length > value.length) onChange(added)
    show('', null)
  }

  function errorText(): string | undefined {
    if (wrong === null) return undefined
    if (wrong.kind === 'twice') return t('immutability.exemptTwice', { pattern: wrong.pattern })
    return wrong.kind === 'full' ? t('immutability.exemptFull', { max: exemptTagsMax }) : t('immutability.exemptRule')
  }

  return (
    <Field
      label={t('immutability.exemptTags')}
      path="exemptTags"
      help={t.rich('immutability.exemptHelp', { code: (chunks) => <code>{chunks}</code> })}
      error={errorText()}
      note={t('repositories.length', { length: format.number(value.length), max: format.number(exemptTagsMax) })}
    >
      {(attributes) => (
        <div className="chips">
          {value.map((pattern) => {
            const count = counts?.get(pattern)
            return (
              <span key={pattern} className={classNames('chip', !stored.includes(pattern) && 'is-new')}>
                <code title={pattern}>{pattern}</code>
                {count !== undefined && <small>{t('immutability.tagCount', { count })}</small>}
                <IconButton
                  icon="close"
                  label={t('immutability.removePattern', { pattern })}
                  onClick={() => {
                    onChange(value.filter((one) => one !== pattern))
                    input.current?.focus()
                  }}
                />
              </span>
            )
          })}
          <input
            {...attributes}
            ref={input}
            name="exemptTags"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={t('immutability.exemptPlaceholder')}
            value={draft}
            onChange={(event) => show(event.target.value, null)}
            onBlur={add}
            onKeyDown={(event) => {
              const isEnd = event.key === 'Enter' || event.key === ',' || event.key === ' '
              if (!isEnd || draft.trim() === '' || event.nativeEvent.isComposing) return
              event.preventDefault()
              add()
            }}
          />
        </div>
      )}
    </Field>
  )
}

function problemOf(pattern: string, others: readonly string[]): Wrong | null {
  if (!isExemptTagPattern(pattern)) return { kind: 'rule' }
  if (others.includes(pattern)) return { kind: 'twice', pattern }
  return others.length >= exemptTagsMax ? { kind: 'full' } : null
}
