import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toldReasons } from './use-reason-text'

const lib = join(import.meta.dirname, '../../lib')
const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.includes('generated'))
  .map((file) => readFileSync(join(lib, file), 'utf8'))
  .join('\n')

test.each(Object.keys(toldReasons))('the server says “%s”', (reason) => {
  expect(sources).toContain(`'${reason}'`)
})
