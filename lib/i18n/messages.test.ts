import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { regions } from '@/lib/domain/regions'
import en from './messages/en.json'
import zhCN from './messages/zh-CN.json'

const root = join(import.meta.dirname, '../..')

function flatten(messages: object, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(messages) as [string, string | object][]) {
    if (typeof value === 'string') flat.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text)
  }
  return flat
}

/** `{name}` and `<tag>` of a message: what the code must give it. */
function placeholders(message: string): string[] {
  const found = [...message.matchAll(/\{(\w+)\s*[,}]|<(\w+)>/g)].map((match) => match[1] ?? match[2] ?? '')
  return [...new Set(found)].sort()
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
}

const english = flatten(en)
const chinese = flatten(zhCN)
const code = [...sources('app'), ...sources('components')]

/** What a file writes before a key: nothing, or the group of messages that it asks for. */
function groupsOf(source: string): string[] {
  const groups = [...source.matchAll(/\b(?:use|get)Translations\(\s*'([^']+)'/g)].map((match) => `${match[1]}.`)
  return ['', ...groups]
}

/** The texts that `pattern` finds in the code, each with the keys that it may stand for. */
function found(pattern: RegExp): string[][] {
  return code.flatMap((source) =>
    [...source.matchAll(pattern)].map((match) => groupsOf(source).map((group) => `${group}${match[1]}`)),
  )
}

const usedKeys = [
  /\bt(?:\.rich)?\(\s*'([^']+)'/g,
  /\bt(?:\.rich)?\(\s*[\w.]+ === '\w+' \? '([^']+)' : /g,
  /\bt(?:\.rich)?\(\s*[\w.]+ === '\w+' \? '[^']+' : '([^']+)'/g,
].flatMap(found)
/** The fixed beginning of keys put together in code: t(`regions.${id}`). Their ends are checked by the type of `t`. */
const usedPrefixes = found(/\bt(?:\.rich)?\(\s*`([^`$]*)\$\{/g)
  .flat()
  .filter((prefix) => prefix !== '')
const used = new Set(usedKeys.flat())

describe('messages', () => {
  test('the same keys in both languages', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()])
  })

  test.each([...english.keys()])('%s takes the same placeholders in both languages, and says something', (key) => {
    expect(placeholders(chinese.get(key) ?? '')).toEqual(placeholders(english.get(key) ?? ''))
    expect(english.get(key)?.trim()).not.toBe('')
    expect(chinese.get(key)?.trim()).not.toBe('')
  })

  test('every key in code exists', () => {
    expect(usedKeys.length).toBeGreaterThan(100)
    expect(usedKeys.filter((keys) => !keys.some((key) => english.has(key)))).toEqual([])
  })

  test('every key is used in code', () => {
    const unused = [...english.keys()].filter(
      (key) => !used.has(key) && !usedPrefixes.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused).toEqual([])
  })

  test('every region has a name', () => {
    expect(regions.filter(({ id }) => !english.has(`regions.${id}`))).toEqual([])
  })
})
