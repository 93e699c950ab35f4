// How much script each page's HTML loads, and the limit that no page may exceed. It uses only modules of Node.js: the
// build runs it.
import { readFileSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'

/** The most that the HTML of a page may load, in bytes of script compressed with gzip. */
export const scriptBudgetBytes = 180_000

/**
 * Reads from a build in `folder` (`.next`) what the HTML of each page names as scripts in any case: Next's own, and those of
 * the page and of the layouts around it. Returns the bytes of each page compressed with gzip, the largest first. The HTML
 * also names a section that the server renders (`next/dynamic`); which one that is only a request tells, so
 * `e2e/console/speed.spec.ts` measures the HTML of every page of a running server by the same limit.
 */
export function measurePages(folder) {
  const sizes = new Map()
  const sizeOf = (file) => {
    if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(folder, file)), { level: 9 }).length)
    return sizes.get(file)
  }
  const { rootMainFiles } = JSON.parse(readFileSync(join(folder, 'build-manifest.json'), 'utf8'))
  const app = join(folder, 'server', 'app')
  return readdirSync(app, { recursive: true })
    .filter(
      (file) =>
        file.endsWith(`${sep}page_client-reference-manifest.js`) || file === 'page_client-reference-manifest.js',
    )
    .map((file) => {
      const files = new Set([...rootMainFiles, ...readEntries(join(app, file))])
      return { page: pageOf(file), bytes: [...files].reduce((sum, script) => sum + sizeOf(script), 0) }
    })
    .sort((a, b) => b.bytes - a.bytes)
}

/**
 * What the build says of pages that exceed the limit: a line for each, with its bytes and the limit. Empty: all keep to
 * it.
 */
export function overBudget(pages, limit = scriptBudgetBytes) {
  return pages
    .filter(({ bytes }) => bytes > limit)
    .map(({ page, bytes }) => `${page} loads ${kilobytes(bytes)} of script (gzip); the limit is ${kilobytes(limit)}`)
}

/** Bytes as text, in kB of 1,000 bytes. */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}

/** The scripts of the client components of a page and its layouts. Next keeps them in a script that sets a global. */
function readEntries(file) {
  const global = {}
  runInNewContext(readFileSync(file, 'utf8'), { globalThis: global })
  return Object.values(global.__RSC_MANIFEST).flatMap(({ entryJSFiles }) => Object.values(entryJSFiles).flat())
}

/** The address of a page by the place of its manifest: without groups of routes, `/` for the first page. */
function pageOf(file) {
  const segments = file.split(sep).slice(0, -1)
  return `/${segments.filter((segment) => !segment.startsWith('(')).join('/')}`
}
