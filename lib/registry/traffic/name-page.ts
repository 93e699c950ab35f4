/** A page of names in byte order; `next` is the name after which the next page starts, null on the last page. */
export interface NamePage {
  readonly names: readonly string[]
  readonly next: string | null
}

/**
 * Returns at most `limit` names. It reads one more to know whether another page follows. With a limit of 0 the page is
 * empty and the last one.
 */
export async function readNamePage(
  limit: number,
  read: (limit: number) => Promise<readonly string[]>,
): Promise<NamePage> {
  const found = await read(limit + 1)
  const names = found.slice(0, limit)
  return { names, next: found.length > limit ? (names.at(-1) ?? null) : null }
}
