import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { InstancesPage } from '@/components/instances/instances-page'
import { instancesHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { isRegionId } from '@/lib/domain/regions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('instances.title') }
}

interface Props {
  params: Promise<{ region: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/{region}/instances` */
export default async function Page({ params, searchParams }: Props) {
  const { region } = await params
  if (!isRegionId(region)) notFound()
  await requireSession(instancesHref(region) + queryOf(await searchParams))
  return <InstancesPage region={region} />
}
