/** Why single sign-on led nowhere, as the API says it in the log-on page's address. */
const refusals = ['failed', 'cancelled', 'expired', 'not-allowed', 'disabled'] as const

/** One of them. */
export type SingleSignOnRefusal = (typeof refusals)[number]

/** Reads it from the address, which anybody can write. */
export function parseRefusal(text: string | undefined): SingleSignOnRefusal | null {
  return refusals.find((refusal) => refusal === text) ?? null
}

/** Where single sign-on begins; it ends at `next`. */
export function singleSignOnHref(next: string): string {
  return `/api/v1/session/single-sign-on?next=${encodeURIComponent(next)}`
}
