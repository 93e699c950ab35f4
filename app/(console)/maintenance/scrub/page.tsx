import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { ScrubPage } from '@/components/maintenance/scrub-page'
import { maintenanceHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { getContext } from '@/lib/context'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('scrub.title') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/maintenance/scrub`; for members there is no such page. */
export default async function Page({ searchParams }: Props) {
  const { user } = await requireSession(maintenanceHref('scrub') + queryOf(await searchParams))
  if (user.role !== 'ADMINISTRATOR') notFound()
  const { scrubIntervalHours, scrubMibPerSecond } = getContext().config.maintenance
  return <ScrubPage intervalHours={scrubIntervalHours} mibPerSecond={scrubMibPerSecond} />
}
