/** A checked-in migration. */
export interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** A migration that a database has, as recorded in Prisma's table `_prisma_migrations`. */
export interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
}
