import type { Metadata } from 'next'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { isTheme, themeCookie } from '@/components/frame/preferences'
import { LogonPage } from '@/components/session/logon-page'
import { nextPath } from '@/lib/domain/next-path'
import { getContext } from '@/lib/context'
import { parseRefusal } from '@/components/session/single-sign-on'
import { findSession } from '@/lib/auth/console/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('logon.submit') }
}

interface Props {
  searchParams: Promise<{ next?: string | string[]; refused?: string | string[] }>
}

/** The log-on page. Who is logged on already goes on at once. */
export default async function LoginPage({ searchParams }: Props) {
  const { next, refused } = await searchParams
  const path = nextPath([next].flat()[0])
  if (await findSession()) redirect(path)
  const theme = (await cookies()).get(themeCookie)?.value
  return (
    <LogonPage
      host={(await headers()).get('host') ?? ''}
      next={path}
      theme={isTheme(theme) ? theme : null}
      singleSignOn={getContext().config.singleSignOn?.name ?? null}
      refusal={parseRefusal([refused].flat()[0])}
    />
  )
}
