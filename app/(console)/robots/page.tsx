import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { RobotsPage } from '@/components/robots/robots-page'
import { administrationHref, queryOf } from '@/components/routes'
import { AdministratorsOnly } from '@/components/session/administrators-only'
import { requireSession } from '@/lib/auth/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('robots.title') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/robots` */
export default async function Page({ searchParams }: Props) {
  const { user } = await requireSession(administrationHref('robots') + queryOf(await searchParams))
  return user.role === 'ADMINISTRATOR' ? <RobotsPage /> : <AdministratorsOnly />
}
