import type { Prisma } from '../generated/sqlite/client'

/**
 * Runs SQL that both databases understand: values become parameters, never text. Prisma's transactions are such
 * runners, and so are the much cheaper ones of `sqlTransaction` and of reads outside a transaction, which keep prepared
 * statements (docs/decisions/0007-plain-sql.md). All give a row the same shape: boolean, Date and bigint columns come
 * as such.
 */
export interface SqlRunner {
  /** The rows of a SELECT, or of another statement with RETURNING. */
  $queryRaw<T = unknown>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T>
  /** How many rows the statement has written. */
  $executeRaw(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<number>
}

/** Whether a value is a piece of SQL to be put into the text. By shape: bundles may hold a copy of the class each. */
export function isSql(value: unknown): value is Prisma.Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value
}
