/** A page of a list, as the address names it. */
export interface ListPage {
  /** 1 for the first page. */
  number: number
  /** That of the API; undefined for the first page. */
  cursor: string | undefined
}

/** What an answer of the API says of the pages around it. */
export interface PageLinks {
  totalCount: number
  /** Whether there may be more. */
  isCapped?: true | undefined
  nextCursor: string | null
  previousCursor: string | null
}

const numberName = 'page'
const cursorName = 'cursor'

const firstPage: ListPage = { number: 1, cursor: undefined }

/**
 * The page that a query string names. One cursor is enough, however far the page is from the first: each answer of the API
 * has the cursors of the pages before and after it. In a list that has pages by number (`isNumbered`), a number is enough.
 */
export function readListPage(search: URLSearchParams, isNumbered = false): ListPage {
  const cursor = search.get(cursorName)
  const number = Number(search.get(numberName))
  if (cursor === null || cursor === '') {
    return isNumbered && Number.isSafeInteger(number) && number > 1 ? { number, cursor: undefined } : firstPage
  }
  // Only the first page has no cursor.
  return { number: Number.isSafeInteger(number) && number > 1 ? number : 2, cursor }
}

/** Sets the page in a query string; the first is what one without a page names. */
export function setListPage(search: URLSearchParams, { number, cursor }: ListPage): void {
  search.delete(numberName)
  search.delete(cursorName)
  if (number === 1) return
  search.set(numberName, String(number))
  if (cursor !== undefined) search.set(cursorName, cursor)
}

/** The page after one; null on the last. */
export function pageAfter({ number }: ListPage, { nextCursor }: PageLinks): ListPage | null {
  return nextCursor === null ? null : { number: number + 1, cursor: nextCursor }
}

/** The page before one; null on the first. */
export function pageBefore({ number }: ListPage, { previousCursor }: PageLinks): ListPage | null {
  if (number === 1) return null
  // What is before the second page is the whole first page, also where rows have come or gone.
  return number === 2 || previousCursor === null ? firstPage : { number: number - 1, cursor: previousCursor }
}

/** Where to go from a page that has been emptied: the last page that has rows. */
export function lastFilledPage({ totalCount, previousCursor }: PageLinks, pageSize: number): ListPage {
  const number = Math.ceil(totalCount / pageSize)
  return number <= 1 || previousCursor === null ? firstPage : { number, cursor: previousCursor }
}
