import {
  type SingleSignOnRefusal,
  finishSingleSignOn as finish,
  singleSignOnLifetimeSeconds,
  startSingleSignOn as start,
} from '@/lib/auth/console/single-sign-on'
import type { Context } from '@/lib/context'
import { originOf, sessionTokenOf } from './authenticate'
import { cookie, isOverTls, readCookie } from './cookie'
import type { operations } from '@/lib/api/operations/operations'
import type { Answer, Call } from './route'
import { sessionCookie } from './session-cookie'

const callbackPath = '/api/v1/session/single-sign-on/callback'

/** Sends the browser to the provider. */
export async function startSingleSignOn({
  ctx,
  query,
  request,
}: Call<typeof operations.startSingleSignOn>): Promise<Answer<typeof operations.startSingleSignOn>> {
  const started = await start(ctx, redirectUri(ctx, request), query.next)
  if ('refusal' in started) return { location: logOnPage(started.refusal, started.next) }
  const kept = cookie(ctx, request, {
    name: 'stele_single_sign_on',
    value: started.sealed,
    maxAgeSeconds: singleSignOnLifetimeSeconds,
  })
  return { location: started.url, cookies: [kept] }
}

/** Handles the redirect from the provider: to the requested page, or to the log-on page with the reason. */
export async function finishSingleSignOn({
  ctx,
  request,
}: Call<typeof operations.finishSingleSignOn>): Promise<Answer<typeof operations.finishSingleSignOn>> {
  const callbackUrl = new URL(redirectUri(ctx, request) + new URL(request.url).search)
  const outcome = await finish(
    ctx,
    callbackUrl,
    readCookie(request, 'stele_single_sign_on', ctx.config.publicUrl),
    originOf(request),
    sessionTokenOf(request, ctx.config.publicUrl),
  )
  const used = cookie(ctx, request, { name: 'stele_single_sign_on', value: '', maxAgeSeconds: 0 })
  if ('refusal' in outcome) return { location: logOnPage(outcome.refusal, outcome.next), cookies: [used] }
  return { location: outcome.next, cookies: [used, sessionCookie(ctx, request, outcome.session.token)] }
}

/**
 * The address the provider redirects to. The provider accepts only registered ones, so a forged `Host` has no effect.
 */
function redirectUri(ctx: Context, request: Request): string {
  const protocol = isOverTls(ctx, request) ? 'https' : 'http'
  const origin = ctx.config.publicUrl ?? `${protocol}://${request.headers.get('host') ?? ''}`
  return origin + callbackPath
}

function logOnPage(refusal: SingleSignOnRefusal, next: string): string {
  return `/login?${new URLSearchParams({ refused: refusal, next })}`
}
