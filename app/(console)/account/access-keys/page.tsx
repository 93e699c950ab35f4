import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { AccessKeysPage } from '@/components/access-keys/access-keys-page'
import { accountHref } from '@/components/routes'
import { requireSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('accessKeys.title') }
}

/** `/account/access-keys` */
export default async function Page() {
  await requireSession(accountHref('access-keys'))
  return <AccessKeysPage />
}
