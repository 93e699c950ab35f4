/** Pages that follow each other as one. */
export function joined<T>(pages: readonly { readonly items: readonly T[]; readonly totalCount: number }[]) {
  return {
    items: pages.flatMap(({ items }) => items),
    nextCursor: null,
    previousCursor: null,
    totalCount: pages.at(-1)?.totalCount ?? 0,
  }
}
