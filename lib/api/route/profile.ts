import { changeOwnPassword } from '@/lib/auth/console/own-password'
import {
  confirmOwnSecondFactor,
  getSecondFactor,
  renewRecoveryCodes,
  setUpSecondFactor,
  turnSecondFactorOff,
} from '@/lib/auth/console/second-factor'
import { getProfile } from '@/lib/registry/users/get-profile'
import type { operations } from '@/lib/api/operations/operations'
import type { Answer, Call } from './route'
import { sessionCookie } from './session-cookie'

/** Shows the caller's user. */
export async function showProfile({ ctx, principal }: Call<typeof operations.getProfile>) {
  return { body: await getProfile(ctx, principal) }
}

/** Changes the caller's password. A session that sends the request continues with a new cookie. */
export async function changePassword({
  ctx,
  principal,
  session,
  body,
  request,
}: Call<typeof operations.changePassword>): Promise<Answer<typeof operations.changePassword>> {
  const next = await changeOwnPassword(ctx, principal, session !== null, body)
  return next === null ? {} : { cookies: [sessionCookie(ctx, request, next.token)] }
}

/** Shows whether the caller's second factor is on. */
export async function showSecondFactor({ ctx, principal }: Call<typeof operations.getSecondFactor>) {
  const { confirmedAt, ...state } = await getSecondFactor(ctx, principal.id)
  return { body: { ...state, confirmedAt: confirmedAt?.toISOString() ?? null } }
}

/** Sets up a second factor. */
export async function createSecondFactor({
  ctx,
  principal,
  body,
  host,
}: Call<typeof operations.createSecondFactor>): Promise<Answer<typeof operations.createSecondFactor>> {
  const name = ctx.config.publicUrl === null ? host : new URL(ctx.config.publicUrl).host
  return {
    body: await setUpSecondFactor(ctx, principal, body.password, name),
    location: '/api/v1/profile/second-factor',
  }
}

/** Turns on the second factor. */
export async function confirmSecondFactor({
  ctx,
  principal,
  body,
}: Call<typeof operations.confirmSecondFactor>): Promise<Answer<typeof operations.confirmSecondFactor>> {
  return {
    body: { recoveryCodes: await confirmOwnSecondFactor(ctx, principal, body.code) },
    location: '/api/v1/profile/second-factor',
  }
}

/** Renews the recovery codes. */
export async function createRecoveryCodes({
  ctx,
  principal,
  body,
}: Call<typeof operations.createRecoveryCodes>): Promise<Answer<typeof operations.createRecoveryCodes>> {
  return {
    body: { recoveryCodes: await renewRecoveryCodes(ctx, principal, body.password) },
    location: '/api/v1/profile/second-factor',
  }
}

/** Turns off the second factor. */
export async function removeSecondFactor({ ctx, principal, body }: Call<typeof operations.removeSecondFactor>) {
  await turnSecondFactorOff(ctx, principal, body.password)
  return {}
}
