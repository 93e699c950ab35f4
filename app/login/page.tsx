import type { Metadata } from 'next'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { isTheme, themeCookie } from '@/components/frame/preferences'
import { LogonPage } from '@/components/session/logon-page'
import { nextPath } from '@/lib/domain/next-path'
import { findSession } from '@/lib/auth/session'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('logon.submit') }
}

interface Props {
  searchParams: Promise<{ next?: string | string[] }>
}

/** The log-on page. Who is logged on already goes on at once. */
export default async function LoginPage({ searchParams }: Props) {
  const { next } = await searchParams
  const path = nextPath(Array.isArray(next) ? next[0] : next)
  if (await findSession()) redirect(path)
  const theme = (await cookies()).get(themeCookie)?.value
  return <LogonPage host={(await headers()).get('host') ?? ''} next={path} theme={isTheme(theme) ? theme : null} />
}
