import type { Page, PageRequest } from '@/lib/registry/page'
import { withFieldNames } from './field-names'
import { optional, text, wholeNumber } from './parameters'

const pageSizeMax = 100

/** Parameters of every list. */
export const pageParameters = {
  PageNo: optional(wholeNumber(1, 10_000_000))
    .transform((given) => given ?? 1)
    .describe('the page, 1 if missing'),
  PageSize: optional(wholeNumber(1, pageSizeMax))
    .transform((given) => given ?? 30)
    .describe(`1 to ${pageSizeMax}, 30 if missing`),
}

/** Parameters of a list that can also be walked through: each answer has the token of the next one. */
export const tokenParameters = {
  ...pageParameters,
  MaxResults: optional(wholeNumber(1, pageSizeMax)),
  NextToken: optional(text.max(1024).describe('`NextToken` of the page before')),
}

interface Paging {
  readonly PageNo: number
  readonly PageSize: number
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** What the answer of a list says besides its items. */
interface PageFields {
  readonly PageNo: number
  readonly PageSize: number
  readonly MaxResults?: number
  /** Empty on the last page. */
  readonly NextToken?: string
}

/** A page of a list with what its answer says of it. */
interface ReadPage<T> {
  readonly items: readonly T[]
  readonly totalCount: number
  readonly fields: PageFields
}

/**
 * Reads the page that the parameters ask for. A page after the last one is empty: SDKs and Terraform read on until a page
 * is not full. Throws as `list`, with the parameters' names.
 */
export async function readPageOf<T>(
  input: Paging,
  list: (request: PageRequest) => Promise<Page<T>>,
): Promise<ReadPage<T>> {
  const { PageNo, PageSize, MaxResults, NextToken } = input
  if (MaxResults !== undefined || NextToken !== undefined) {
    const pageSize = MaxResults ?? PageSize
    const page = await named(() => list({ pageSize, cursor: NextToken }))
    const tokens = { MaxResults: pageSize, NextToken: page.nextCursor ?? '' }
    return { items: page.items, totalCount: page.totalCount, fields: { PageNo, PageSize: pageSize, ...tokens } }
  }
  const page = await named(() => list({ pageSize: PageSize, page: PageNo }))
  const isBehind = PageNo > 1 && (PageNo - 1) * PageSize >= page.totalCount
  return { items: isBehind ? [] : page.items, totalCount: page.totalCount, fields: { PageNo, PageSize } }
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withFieldNames(error, { page: 'PageNo', cursor: 'NextToken' })
  }
}
