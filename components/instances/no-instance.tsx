'use client'

import { useParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { isRegionId } from '@/lib/domain/regions'
import { instancesHref } from '../routes'
import { NotFound } from '../ui/not-found'

/** In place of the pages of an instance that does not exist, or that the person may not see. */
export function NoInstance() {
  const t = useTranslations()
  const { region = '' } = useParams<{ region?: string }>()
  const href = isRegionId(region) ? instancesHref(region) : '/'
  return <NotFound title={t('instances.gone')} way={{ label: t('pages.home'), href }} />
}
