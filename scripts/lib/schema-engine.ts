/**
 * Prisma's schema engine, loaded from its npm package instead of the binary that `prisma migrate` downloads, with
 * temporary databases in this process: SQLite in memory, PostgreSQL as PGlite (WebAssembly).
 */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PGlite, types } from '@electric-sql/pglite'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type ColumnType,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { DiffParams, DiffResult, MigrationList, SchemaContainer } from '@prisma/schema-engine-wasm'

export const PROVIDERS = ['sqlite', 'postgresql'] as const
export type Provider = (typeof PROVIDERS)[number]

/** One migration folder of `prisma/<provider>/migrations`. */
export interface Migration {
  /** `<yyyymmddhhmmss>_<name>` */
  name: string
  sql: string
}

/** The checked-in migrations, in the order of their application. */
export function readMigrations(root: string, provider: Provider): Migration[] {
  const folder = migrationsFolder(root, provider)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name, 'migration.sql'), 'utf8') }))
}

/** The folder of a provider's migrations. */
export function migrationsFolder(root: string, provider: Provider): string {
  return join(root, 'prisma', provider, 'migrations')
}

/**
 * The SQL that changes a database with these migrations to match the models; null when it already does. Throws when a
 * migration cannot be applied.
 */
export async function diffMigrationsToModels(
  root: string,
  provider: Provider,
  migrations: Migration[],
): Promise<string | null> {
  const files = readSchema(root, provider)
  const { SchemaEngine } = await loadEngine()
  const engine = await SchemaEngine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(throwAwayDatabases(provider)),
  )
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'migrations', ...migrationList(root, provider, migrations) },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  })
  return exitCode === 0 ? null : stdout
}

function readSchema(root: string, provider: Provider): SchemaContainer[] {
  return ['schema.prisma', 'models.prisma'].map((path) => ({
    path,
    content: readFileSync(join(root, 'prisma', provider, path), 'utf8'),
  }))
}

function migrationList(root: string, provider: Provider, migrations: Migration[]): MigrationList {
  return {
    baseDir: migrationsFolder(root, provider),
    lockfile: { path: 'migration_lock.toml', content: `provider = "${provider}"` },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  }
}

function throwAwayDatabases(provider: Provider): SqlMigrationAwareDriverAdapterFactory {
  switch (provider) {
    case 'sqlite': {
      const connect = () => new PrismaBetterSqlite3({ url: ':memory:' }).connect().then(sqliteAdapter)
      return { provider: 'sqlite', adapterName: 'better-sqlite3', connect, connectToShadowDb: connect }
    }
    case 'postgresql': {
      const connect = () => PGlite.create().then(pgliteAdapter)
      return { provider: 'postgres', adapterName: 'pglite', connect, connectToShadowDb: connect }
    }
  }
}

/** The engine applies a whole migration with executeRaw, where better-sqlite3 accepts only one statement. */
function sqliteAdapter(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const queryRaw = adapter.queryRaw.bind(adapter)
  return Object.assign(adapter, {
    executeRaw: ({ sql }: SqlQuery) => adapter.executeScript(sql).then(() => 0),
    // The engine asks for the text of a partial index by a name in double quotes, which this SQLite takes for a column.
    queryRaw: (query: SqlQuery) =>
      queryRaw({ ...query, sql: query.sql.replace(/^(SELECT\b.*\bsqlite_master\b.*= *)"(\w+)"/is, "$1'$2'") }),
  })
}

/** The column types in PostgreSQL's catalogue; all others are read as text. */
const COLUMN_TYPES: Partial<Record<number, ColumnType>> = {
  [types.BOOL]: ColumnTypeEnum.Boolean,
  [types.CHAR]: ColumnTypeEnum.Character,
  [types.INT8]: ColumnTypeEnum.Int64,
  [types.INT2]: ColumnTypeEnum.Int32,
  [types.INT4]: ColumnTypeEnum.Int32,
  [types.OID]: ColumnTypeEnum.Int64,
  1002: ColumnTypeEnum.CharacterArray,
  1003: ColumnTypeEnum.TextArray, // name[]
  1005: ColumnTypeEnum.Int32Array, // int2[]
  1007: ColumnTypeEnum.Int32Array,
  1009: ColumnTypeEnum.TextArray,
}

/** The parts of a driver adapter that the engine uses to apply migrations and to read the catalogue. */
function pgliteAdapter(database: PGlite): SqlDriverAdapter {
  return {
    provider: 'postgres',
    adapterName: 'pglite',
    queryRaw: async ({ sql, args }) => {
      const { fields, rows } = await database.query<unknown[]>(sql, args, { rowMode: 'array' })
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => COLUMN_TYPES[field.dataTypeID] ?? ColumnTypeEnum.Text),
        rows,
      }
    },
    executeRaw: async ({ sql, args }) => (await database.query(sql, args)).affectedRows ?? 0,
    executeScript: async (script) => {
      await database.exec(script)
    },
    startTransaction: () => Promise.reject(new Error('the schema engine uses no transactions')),
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: () => database.close(),
  }
}

/**
 * The parts of the engine that this module uses. The package's own entry needs a bundler that supports `.wasm` imports.
 */
interface EngineModule {
  SchemaEngine: {
    new: (
      options: { datamodels: [string, string][] },
      log: (line: string) => void,
      adapter: object,
    ) => Promise<{ diff(params: DiffParams): Promise<DiffResult> }>
  }
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

let engineModule: Promise<EngineModule> | undefined

function loadEngine(): Promise<EngineModule> {
  engineModule ??= instantiateEngine()
  return engineModule
}

async function instantiateEngine(): Promise<EngineModule> {
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const engine = (await import(path)) as EngineModule
  const bytes = readFileSync(path.replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports,
  })
  engine.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start'] as () => void
  start()
  return engine
}
