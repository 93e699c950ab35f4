// `npm run dev`: runs the server from its sources, and recompiles the console when they change.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, root } from './lib/set-up.mjs'

prepare()

process.chdir(root)
if (existsSync('.env')) process.loadEnvFile()
process.env.NODE_ENV = 'development'
const { register } = await import('tsx/esm/api')
register()
await import(join(root, 'server.ts'))
