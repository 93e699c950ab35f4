'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { TextButton } from './button'

/** The first `max` of a list, and a button that shows all of it; null where all are shown. */
export function useFolded<T>(items: readonly T[], max: number) {
  const t = useTranslations()
  const [isOpen, setIsOpen] = useState(false)
  const isFolded = !isOpen && items.length > max
  return {
    shown: isFolded ? items.slice(0, max) : items,
    showAll: isFolded && (
      <TextButton onClick={() => setIsOpen(true)}>{t('image.showAll', { count: items.length })}</TextButton>
    ),
  }
}
