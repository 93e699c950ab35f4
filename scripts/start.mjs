// `npm start`: from a fresh clone to a running server. When nothing has changed, it costs a fraction of a second.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, prepare, root } from './lib/set-up.mjs'

prepare()
await build()

process.chdir(root)
if (existsSync('.env')) process.loadEnvFile()
process.env.NODE_ENV = 'production'
// Without source maps: Node would keep the maps of every package in memory
// (docs/decisions/0011-memory-of-the-process.md). In this process, so that signals, exit codes and `kill` need no
// forwarding.
await import(join(root, 'dist', 'server.mjs'))
