/**
 * What in a migration servers that do not know it could not run beside: everything but new tables, their indexes, new
 * columns that need no value, and indexes that forbid nothing. Empty for an additive migration.
 */
export function findBreaking(sql: string): string[] {
  const statements = sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '')
  const made = new Set(statements.map((statement) => /^CREATE TABLE "(\w+)"/.exec(statement)?.[1]))
  const isNew = (table: string | undefined) => table !== undefined && made.has(table)
  return statements.filter((statement) => {
    // Rows that old servers remove must not be held by rows that they do not know.
    const holds = [...statement.matchAll(/REFERENCES "(\w+)" ?\([^)]*\)(?: ON DELETE (CASCADE|SET NULL))?/g)]
    if (holds.some(([, table, onDelete]) => !isNew(table) && onDelete === undefined)) return true
    if (/^CREATE TABLE "/.test(statement)) return false
    const [, unique, indexed] = /^CREATE (UNIQUE )?INDEX "\w+" ON "(\w+)"/.exec(statement) ?? []
    if (indexed !== undefined) return unique !== undefined && !isNew(indexed)
    const [, altered] = /^ALTER TABLE "(\w+)"/.exec(statement) ?? []
    if (isNew(altered)) return false
    const isColumn = /^ALTER TABLE "\w+" ADD COLUMN "\w+" [^,]*$/.test(statement)
    return !isColumn || (/NOT NULL/.test(statement) && !/DEFAULT/.test(statement))
  })
}
