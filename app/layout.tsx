import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import { NextIntlClientProvider } from 'next-intl'
import { getLocale } from 'next-intl/server'
import type { ReactNode } from 'react'
import { isTheme, themeCookie } from '@/components/frame/preferences'
import { Providers } from '@/components/providers'
import './globals.css'

/** What pages that name themselves no other way are called. */
export const metadata: Metadata = {
  title: { default: 'Stele', template: '%s · Stele' },
  robots: { index: false, follow: false },
}

/** The colour of a browser's own frame: ours. */
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
}

/** The document: its language, its theme, and what every page stands in. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get(themeCookie)?.value
  return (
    <html lang={await getLocale()} {...(isTheme(theme) && { 'data-theme': theme })}>
      <body>
        <NextIntlClientProvider>
          <Providers>{children}</Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  )
}
