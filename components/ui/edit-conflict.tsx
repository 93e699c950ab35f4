'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from './button'
import { Conflict } from './conflict'
import type { Edit } from './use-edit'

/** How the settings of an object are called, and their values. */
export interface SettingWords<Settings extends object> {
  labels: Record<keyof Settings, string>
  /** A setting's value in words. */
  word: <Name extends keyof Settings>(name: Name, value: Settings[Name]) => string
}

interface EditConflictProps<T, Settings extends object> extends SettingWords<Settings> {
  edit: Edit<T, Settings>
  /** Says that somebody else was first. */
  children: ReactNode
}

/** What both sides have, where somebody else changed the settings meanwhile; else nothing. */
export function EditConflict<T, Settings extends object>(props: EditConflictProps<T, Settings>) {
  const { edit, labels, word, children } = props
  return (
    edit.theirs && (
      <Conflict
        rows={edit.conflicts.map(({ name, theirs, yours }) => ({
          label: labels[name],
          theirs: word(name, theirs),
          yours: yours === undefined ? null : word(name, yours),
        }))}
      >
        <p>{children}</p>
      </Conflict>
    )
  )
}

interface ConflictButtonsProps {
  edit: { busy: boolean; takeTheirs: () => void }
  /** Leads back to what was typed. */
  onCancel: () => void
}

/** Decide on such a conflict: back to what was typed, what somebody else saved, or what was typed here. */
export function ConflictButtons({ edit, onCancel }: ConflictButtonsProps) {
  const t = useTranslations()
  return (
    <>
      <Button key="cancel" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
      {/* Takes the focus, as a button of its own: an Enter too many must not overwrite what somebody else did. */}
      <Button key="theirs" autoFocus onClick={edit.takeTheirs}>
        {t('conflict.useTheirs')}
      </Button>
      <Button key="yours" type="submit" variant="primary" busy={edit.busy}>
        {t('conflict.useYours')}
      </Button>
    </>
  )
}
