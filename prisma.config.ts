import { defineConfig } from 'prisma/config'

// `generate`, `validate` and `format` never run the schema engine, yet they look for its binary on a download site
// and fail where that cannot be reached. Any existing file satisfies them. See docs/decisions/0003-prisma-offline.md.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath

/** Which of the two schema folders a command works on: PROVIDER=postgresql, or SQLite by default. */
const provider = process.env['PROVIDER'] === 'postgresql' ? 'postgresql' : 'sqlite'

export default defineConfig({
  schema: `prisma/${provider}`,
  migrations: { path: `prisma/${provider}/migrations` },
})
