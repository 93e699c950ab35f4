import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { BlockedPushesPage } from '@/components/ledger/blocked-pushes-page'
import { blockedPushesHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { isRegionId } from '@/lib/domain/regions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('ledger.blockedPushes') }
}

interface Props {
  params: Promise<{ region: string; instanceId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/{region}/instance/{instanceId}/blocked-pushes` */
export default async function Page({ params, searchParams }: Props) {
  const { region, instanceId } = await params
  if (!isRegionId(region)) notFound()
  await requireSession(blockedPushesHref(region, instanceId) + queryOf(await searchParams))
  return <BlockedPushesPage region={region} instanceId={instanceId} />
}
