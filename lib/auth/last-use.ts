import type { Context } from '@/lib/context'

/** Credentials whose use is being noted: a burst of requests is one use. */
const underWay = new Set<string>()

/**
 * Notes that a credential was used, to the minute and without making the request wait. `touch` writes the minute; it is
 * called only when `lastUsedAt`, as it was read with the credential, is of an earlier one. A failure is logged and
 * costs nothing else.
 */
export function noteUse(
  { log }: Pick<Context, 'log'>,
  credential: { readonly id: string; readonly lastUsedAt: Date | null },
  touch: (minute: Date) => Promise<void>,
): void {
  const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000)
  const { id, lastUsedAt } = credential
  if ((lastUsedAt !== null && lastUsedAt >= minute) || underWay.has(id)) return
  underWay.add(id)
  touch(minute)
    .catch((error: unknown) => log.warn({ err: error, credential: id }, 'the last use of a credential was not noted'))
    .finally(() => underWay.delete(id))
}
