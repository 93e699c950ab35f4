import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { breakSource, breakages } from './broken-builds'

const root = join(import.meta.dirname, '..')

test.each(Object.entries(breakages))('%s still breaks the source', (_, breakage) => {
  const source = readFileSync(join(root, breakage.file), 'utf8')
  expect(breakSource(source, breakage)).not.toBe(source)
})

test('a text that is not there, or twice, is refused', () => {
  const breakage = { what: '', file: 'x.ts', text: 'one', by: 'two', databases: [] }
  expect(() => breakSource('nothing', breakage)).toThrow('x.ts has this text 0 times, not once: one')
  expect(() => breakSource('one one', breakage)).toThrow('2 times')
})
