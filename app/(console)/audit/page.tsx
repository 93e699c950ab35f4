import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { AuditPage } from '@/components/audit/audit-page'
import { administrationHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('frame.audit') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/audit`; for members there is no such page. */
export default async function Page({ searchParams }: Props) {
  const { user } = await requireSession(administrationHref('audit') + queryOf(await searchParams))
  if (user.role !== 'ADMINISTRATOR') notFound()
  return <AuditPage />
}
