// `npm run stele -- <command>`: commands for operators on the machine itself, with the settings of `npm start`. It
// builds nothing: a deployment may have no build tools, and a running server must not be disturbed.
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
