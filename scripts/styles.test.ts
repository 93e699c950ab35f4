import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..', 'app', 'styles')

const lines = readdirSync(folder).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    // Comments hold examples.
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .split('\n')
    .map((text, at) => ({ text: text.trim(), place: `${file}:${at + 1}: ${text.trim()}` })),
)

function places(rule: RegExp): string[] {
  return lines.filter(({ text }) => rule.test(text)).map(({ place }) => place)
}

test('text, what holds it and the widths that layouts change at grow with the size of text set in the browser', () => {
  expect(lines.length).toBeGreaterThan(3000)
  expect(
    places(/^(?:font|font-size|line-height|(?:min-)?height|--text-\w+|--size-\w+):.*(?<![\w.])(?:[3-9]|\d\d+)px/),
  ).toEqual([])
  expect(places(/^@(?:media|container).*px/)).toEqual([])
})

test('a token of size and line height stands where both are taken, or browsers ignore the declaration', () => {
  expect(places(/^(?:font-size|line-height):.*var\(--text-/)).toEqual([])
  expect(places(/var\(--text-\w+\)\s*\//)).toEqual([])
})

test('no word is smaller than 12 px, which Chinese needs', () => {
  // Keys, initials, digests and the names of platforms and regions are Latin in each language.
  const latin = /kbd|avatar|code/
  const small = lines.flatMap(({ text, place }, at) => {
    if (!/^font(?:-size)?:.*(?<![\d.])0\.(?:[0-6]\d*|7[0-4]\d*)rem/.test(text)) return []
    const selector = lines.slice(0, at).findLast((line) => line.text.endsWith('{'))?.text ?? ''
    return latin.test(selector) ? [] : [`${place} (${selector})`]
  })
  expect(small).toEqual([])
})
