import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { administrationHref, queryOf } from '@/components/routes'
import { UsersPage } from '@/components/users/users-page'
import { requireSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('frame.users') }
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/users`; for members there is no such page. */
export default async function Page({ searchParams }: Props) {
  const { user } = await requireSession(administrationHref('users') + queryOf(await searchParams))
  if (user.role !== 'ADMINISTRATOR') notFound()
  return <UsersPage ownId={user.id} />
}
