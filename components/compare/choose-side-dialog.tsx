'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { pageSizeMax } from '@/lib/api/schemas/limits'
import { isDigest } from '@/lib/domain/digest'
import { tagsQuery } from '../queries/tags'
import { Dialog } from '../ui/dialog'
import { shortDigest } from '../ui/digest'
import { Combobox } from '../ui/combobox'
import type { ComboboxOption } from '../ui/combobox'
import { focusField } from '../ui/use-form'

interface ChooseSideDialogProps {
  title: string
  repositoryId: string
  /** A tag or a digest; empty: none yet. */
  current: string
  onChoose: (reference: string) => void
  onClose: () => void
}

/** Chooses a tag of a repository to compare, or any digest that is typed or pasted. */
export function ChooseSideDialog({ title, repositoryId, current, onChoose, onClose }: ChooseSideDialogProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ComboboxOption | null>(() => (current === '' ? null : optionOf(current, '')))
  const [isChecked, setChecked] = useState(false)
  const isOfDigest = isDigest(search)
  const query = useQuery({
    ...tagsQuery(repositoryId, { search, sort: '-pushedAt', pageSize: pageSizeMax, cursor: undefined }),
    enabled: !isOfDigest,
  })
  const { data } = query
  const tags = data?.items.map(({ name, digest }) => optionOf(name, shortDigest(digest)))
  const options = isOfDigest ? [optionOf(search, t('tags.digest'))] : tags
  return (
    <Dialog
      title={title}
      confirm={t('compare.choose')}
      onClose={onClose}
      onSubmit={({ currentTarget }) => {
        setChecked(true)
        if (chosen === null) focusField(currentTarget, ['reference'])
        else onChoose(chosen.value)
      }}
    >
      <Combobox
        label={t('compare.tagOrDigest')}
        name="reference"
        onSearch={setSearch}
        query={isOfDigest ? undefined : query}
        options={options ?? null}
        placeholder={t('compare.searchLabel')}
        moreCount={isOfDigest || data === undefined ? 0 : data.totalCount - data.items.length}
        chosen={chosen}
        onChoose={setChosen}
        empty={t('compare.noTag')}
        error={isChecked && chosen === null ? t('compare.choiceMissing') : undefined}
      />
    </Dialog>
  )
}

function optionOf(reference: string, note: string): ComboboxOption {
  return { value: reference, label: reference, note, icon: isDigest(reference) ? 'image' : 'tag' }
}
