import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { GarbageCollectionPage } from '@/components/maintenance/garbage-collection-page'
import { maintenanceHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { getContext } from '@/lib/context'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('garbageCollection.title') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/maintenance/garbage-collection`; for members there is no such page. */
export default async function Page({ searchParams }: Props) {
  const { user } = await requireSession(maintenanceHref('garbage-collection') + queryOf(await searchParams))
  if (user.role !== 'ADMINISTRATOR') notFound()
  const { collectionIntervalHours, graceHours } = getContext().config.maintenance
  return <GarbageCollectionPage intervalHours={collectionIntervalHours} graceHours={graceHours} />
}
