// `npm run stele -- <command>`: what can be done on the machine itself, with the settings that `npm start` has. Builds
// nothing: it must run on a deployment, which has no tools for that, and beside a server that must not be touched.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/set-up.mjs'

process.chdir(root)
const bundle = join(root, 'dist', 'command.mjs')
if (existsSync(bundle)) {
  if (existsSync('.env')) process.loadEnvFile()
  process.env.NODE_ENV = 'production'
  await import(bundle)
} else {
  console.error('Stele is not built here: run `npm run build` first.')
  process.exitCode = 1
}
