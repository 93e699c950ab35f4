import type { Metadata } from 'next'
import { cookies, headers } from 'next/headers'
import { getTranslations } from 'next-intl/server'
import { isTheme, themeCookie } from '@/components/frame/preferences'
import { InvitationPage } from '@/components/session/invitation-page'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('invitations.title') }
}

/** Where somebody who was invited sets a password. The token is in the fragment: the server never sees the whole link. */
export default async function Page() {
  const theme = (await cookies()).get(themeCookie)?.value
  return <InvitationPage host={(await headers()).get('host') ?? ''} theme={isTheme(theme) ? theme : null} />
}
