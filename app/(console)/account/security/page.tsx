import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { SecurityPage } from '@/components/account/security-page'
import { accountHref, queryOf } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('security.title') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/account/security` */
export default async function Page({ searchParams }: Props) {
  await requireSession(accountHref('security') + queryOf(await searchParams))
  return <SecurityPage />
}
