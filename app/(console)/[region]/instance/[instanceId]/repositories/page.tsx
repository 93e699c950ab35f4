import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { RepositoriesPage } from '@/components/repositories/repositories-page'
import { queryOf, repositoriesHref } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'
import { isRegionId } from '@/lib/domain/regions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('repositories.title') }
}

interface Props {
  params: Promise<{ region: string; instanceId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/{region}/instance/{instanceId}/repositories` */
export default async function Page({ params, searchParams }: Props) {
  const { region, instanceId } = await params
  if (!isRegionId(region)) notFound()
  await requireSession(repositoriesHref(region, instanceId) + queryOf(await searchParams))
  return <RepositoriesPage region={region} instanceId={instanceId} />
}
