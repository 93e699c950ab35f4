/** A checked-in migration. */
export interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
  /** Whether servers that do not know it may run beside it: it only adds what they never look at. */
  readonly isAdditive: boolean
}

/** The first line of an additive migration. `scripts/migrations.test.ts` holds those that have it to their word. */
export const additiveMark = '-- additive: servers that do not know this migration may run beside it'

/** What is recorded with an additive migration, for servers that do not have its file. In a column of Prisma's own. */
export const additiveLog = 'additive'

/** A migration that a database has, as recorded in Prisma's table `_prisma_migrations`. */
export interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly logs: string | null
}
