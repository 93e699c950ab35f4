import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { ConsoleFrame } from '@/components/frame/console-frame'
import { isTheme, regionCookie, themeCookie } from '@/components/frame/preferences'
import { LogOnAgain } from '@/components/session/log-on-again'
import { getContext } from '@/lib/context'
import { findSession } from '@/lib/auth/console/session'
import { defaultRegionId, isRegionId } from '@/lib/domain/regions'

/**
 * The frame around the pages. It shows who is logged on and lets nobody in or out: each page does that itself, because
 * a layout is not rendered again on every navigation.
 */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const session = await findSession()
  if (session === null) return children
  const store = await cookies()
  const theme = store.get(themeCookie)?.value
  const region = store.get(regionCookie)?.value ?? ''
  return (
    <>
      <ConsoleFrame
        user={session.user}
        theme={isTheme(theme) ? theme : null}
        lastRegion={isRegionId(region) ? region : defaultRegionId}
      >
        {children}
      </ConsoleFrame>
      <LogOnAgain userId={session.user.id} singleSignOn={getContext().config.singleSignOn?.name ?? null} />
    </>
  )
}
