/** A page of names in byte order, and the name to go on after; null on the last page. */
export interface NamePage {
  readonly names: readonly string[]
  readonly next: string | null
}

/**
 * At most `limit` names. `read` is asked for one more, which tells whether another page follows. A limit of 0 is an
 * empty page with nothing after it.
 */
export async function readNamePage(
  limit: number,
  read: (limit: number) => Promise<readonly string[]>,
): Promise<NamePage> {
  const found = await read(limit + 1)
  const names = found.slice(0, limit)
  return { names, next: found.length > limit ? (names.at(-1) ?? null) : null }
}
