import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { queryOf, userHref } from '@/components/routes'
import { UserPage } from '@/components/users/user-page'
import { requireSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('frame.users') }
}

interface Props {
  params: Promise<{ userId: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** `/users/{userId}`; for members there is no such page. */
export default async function Page({ params, searchParams }: Props) {
  const { userId } = await params
  const { user } = await requireSession(userHref(userId) + queryOf(await searchParams))
  if (user.role !== 'ADMINISTRATOR') notFound()
  return <UserPage userId={userId} ownId={user.id} />
}
