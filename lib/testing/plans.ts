import type { Database, SqlSource } from '@/lib/metadata/engine/database'
import { isSql } from '@/lib/metadata/engine/sql-runner'
import { Prisma } from '@/lib/metadata/generated/sqlite/client'

/** A statement that a read has sent. */
export interface RecordedStatement {
  readonly sql: Prisma.Sql
  /** Whether PostgreSQL may keep one plan for it, whatever its values: it is not made of parts. */
  readonly isKept: boolean
}

/** Runs a read and returns the statements that it sent to the database. */
export async function recordStatements(
  db: Database,
  read: (db: Database) => Promise<unknown>,
): Promise<readonly RecordedStatement[]> {
  const statements: RecordedStatement[] = []
  const observed: SqlSource['read'] = {
    $queryRaw<T>(query: TemplateStringsArray | Prisma.Sql, ...values: readonly unknown[]): Promise<T> {
      statements.push({
        sql: isSql(query) ? query : Prisma.sql(query, ...values),
        isKept: !isSql(query) && !values.some(isSql),
      })
      return db.read.$queryRaw<T>(query, ...values)
    },
  }
  const recorder = new Proxy(db, {
    get: (target, name) => (name === 'read' ? observed : (Reflect.get(target, name) as unknown)),
  })
  await read(recorder)
  return statements
}

type PlanSource = Pick<Database, 'provider' | 'read' | 'sqlTransaction'>

/**
 * What is wrong with the plan of a statement: it reads a table that grows from one end to the other, or sorts or steps
 * through more than a page. On PostgreSQL the statement runs, as planned for its values and as
 * planned for any, and rows are counted: at most `rowsMax` in one place.
 */
export async function findFaults(source: PlanSource, statement: RecordedStatement, rowsMax: number): Promise<string[]> {
  return source.provider === 'sqlite'
    ? findFaultsOfSqlite(source, statement.sql)
    : findFaultsOfPostgresql(source, statement, rowsMax)
}

interface SqliteStep {
  readonly id: number
  readonly parent: number
  readonly detail: string
}

/** Loops over something that has few rows: a subquery with a limit, given values. */
const overFew =
  /^SCAN (?:page|few|part|referrer|r|newest|given|k|json_each|leaving|reaching|above|examined|counted|tagged|looked|candidate|CONSTANT|\(?subquery)/i

async function findFaultsOfSqlite(source: SqlSource, statement: Prisma.Sql): Promise<string[]> {
  const steps = await source.read.$queryRaw<SqliteStep[]>(Prisma.sql`EXPLAIN QUERY PLAN ${statement}`)
  const faults: string[] = []
  for (const parent of new Set(steps.map((step) => step.parent))) {
    const group = steps.filter((step) => step.parent === parent)
    const loops = group.filter(({ detail }) => /^(?:SCAN|SEARCH)\b/.test(detail))
    const sorts = group.some(({ detail }) => /^USE TEMP B-TREE FOR (?:ORDER BY|LAST)/.test(detail))
    const [outer] = loops
    if (sorts && outer !== undefined && !overFew.test(outer.detail)) faults.push(`sorts after ${outer.detail}`)
    for (const { detail } of loops) {
      if (detail.startsWith('SCAN') && !overFew.test(detail)) faults.push(detail)
      // All rows of a repository for each row of the loop around it.
      const isWide = /\((?:repositoryId|instanceId)=\?\)$/.test(detail)
      if (isWide && detail !== outer?.detail) faults.push(`for each row: ${detail}`)
    }
  }
  return faults
}

interface PostgresqlNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Join Filter'?: number
  readonly Plans?: readonly PostgresqlNode[]
}

async function findFaultsOfPostgresql(
  source: PlanSource,
  { sql, isKept }: RecordedStatement,
  rowsMax: number,
): Promise<string[]> {
  const [explained] = await source.read.$queryRaw<Explained[]>(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`)
  const [kept] = isKept ? await explainKept(source, sql) : []
  const faults: string[] = []
  const visit = (node: PostgresqlNode) => {
    const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    const name = node['Index Name'] ?? node['Relation Name']
    const compared = (node['Rows Removed by Join Filter'] ?? 0) * node['Actual Loops']
    if (compared > rowsMax) faults.push(`${node['Node Type']}: ${compared} pairs`)
    if (name !== undefined && rows > rowsMax) faults.push(`${node['Node Type']} of ${name}: ${rows} rows`)
    node.Plans?.forEach(visit)
  }
  for (const plans of [explained, kept]) plans?.['QUERY PLAN'].forEach(({ Plan }) => visit(Plan))
  return [...new Set(faults)]
}

interface Explained {
  readonly 'QUERY PLAN': readonly { readonly Plan: PostgresqlNode }[]
}

/** The plan that PostgreSQL keeps for a statement that is executed often, whatever its values. */
async function explainKept(source: PlanSource, { text, values }: Prisma.Sql): Promise<Explained[]> {
  return source.sqlTransaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`
    await tx.$executeRaw(Prisma.raw(`PREPARE explained AS ${text}`))
    const given = values.length === 0 ? '' : `(${values.map(asLiteral).join(', ')})`
    const rows = await tx.$queryRaw<Explained[]>(Prisma.raw(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${given}`))
    await tx.$executeRaw(Prisma.raw('DEALLOCATE explained'))
    return rows
  })
}

function asLiteral(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  const text = value instanceof Date ? value.toISOString() : (value as string)
  return `'${text.replaceAll("'", "''")}'`
}
