import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { AccessControlPage } from '@/components/grants/access-control-page'
import { accessControlHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { isRegionId } from '@/lib/domain/regions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('frame.accessControl') }
}

interface Props {
  params: Promise<{ region: string; instanceId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/{region}/instance/{instanceId}/access-control` */
export default async function Page({ params, searchParams }: Props) {
  const { region, instanceId } = await params
  if (!isRegionId(region)) notFound()
  const { user } = await requireSession(accessControlHref(region, instanceId) + queryOf(await searchParams))
  return <AccessControlPage region={region} instanceId={instanceId} user={user} />
}
