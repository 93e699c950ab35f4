import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { OverviewPage } from '@/components/overview/overview-page'
import { instanceHref } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { isRegionId } from '@/lib/domain/regions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('overview.title') }
}

interface Props {
  params: Promise<{ region: string; instanceId: string }>
}

/** `/{region}/instance/{instanceId}` */
export default async function Page({ params }: Props) {
  const { region, instanceId } = await params
  if (!isRegionId(region)) notFound()
  await requireSession(instanceHref(region, instanceId))
  return <OverviewPage region={region} instanceId={instanceId} />
}
