import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { measurePages, overBudget, scriptBudgetBytes } from './lib/script-budget.mjs'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A build whose pages load these scripts besides Next's own; a script is so many bytes that cannot be compressed. */
function makeBuild(scripts: Record<string, number>, pages: Record<string, Record<string, readonly string[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'stele-budget-'))
  folders.push(folder)
  const write = (file: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content)
  }
  for (const [name, size] of Object.entries(scripts)) write(name, randomBytes(size))
  write('build-manifest.json', JSON.stringify({ rootMainFiles: ['next.js'] }))
  for (const [page, entryJSFiles] of Object.entries(pages)) {
    const manifest = JSON.stringify({ entryJSFiles })
    write(
      join('server', 'app', page, 'page_client-reference-manifest.js'),
      `globalThis.__RSC_MANIFEST = globalThis.__RSC_MANIFEST || {};\nglobalThis.__RSC_MANIFEST["/x"] = ${manifest}`,
    )
  }
  return folder
}

/** What gzip adds to bytes that it cannot make fewer. */
const overhead = gzipSync(randomBytes(100_000), { level: 9 }).length - 100_000

test('a page loads each script of its own and of its layouts once, and Next’s; the largest page is first', () => {
  const folder = makeBuild(
    { 'next.js': 100_000, 'layout.js': 20_000, 'list.js': 10_000 },
    {
      '(console)/[region]/list': { layout: ['layout.js'], page: ['layout.js', 'list.js'] },
      '.': { layout: ['layout.js'] },
    },
  )
  const pages = measurePages(folder)
  expect(pages.map(({ page }) => page)).toEqual(['/[region]/list', '/'])
  expect(pages[0]?.bytes).toBeGreaterThan(130_000)
  expect(pages[0]?.bytes).toBeLessThan(130_000 + 4 * overhead)
  expect(pages[1]?.bytes).toBeLessThan(120_000 + 4 * overhead)
})

test('a page that exceeds the budget is named with its bytes and the limit, which fails the build', () => {
  const folder = makeBuild(
    { 'next.js': 140_000, 'a.js': 41_000, 'b.js': 30_000 },
    { a: { p: ['a.js'] }, b: { p: ['b.js'] } },
  )
  expect(scriptBudgetBytes).toBe(180_000)
  expect(overBudget(measurePages(folder))).toEqual([
    expect.stringMatching(/^\/a loads 181\.\d kB of script \(gzip\); the limit is 180\.0 kB$/),
  ])
})

test('a build that keeps to the budget is told nothing', () => {
  const folder = makeBuild({ 'next.js': 140_000, 'a.js': 30_000 }, { a: { p: ['a.js'] } })
  expect(overBudget(measurePages(folder))).toEqual([])
})
