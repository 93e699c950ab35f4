import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A page of the manual: a Markdown file of `docs`, or the README. */
export interface ManualPage {
  /** Its place in the address, below `/docs/`: `access`, `decisions/0006-tag-writer`. Empty for the contents. */
  readonly path: string
  readonly title: string
  readonly text: string
}

/** The file that is the page of an address. The names are read from the folder, never made from an address. */
let files: ReadonlyMap<string, string> | undefined

function filesByPath(): ReadonlyMap<string, string> {
  if (files !== undefined) return files
  const folder = join(process.cwd(), 'docs')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(decisions\/)?[\w-]+\.md$/.test(name),
  )
  files = new Map([
    ['readme', join(process.cwd(), 'README.md')],
    ...names.map((name) => [name === 'README.md' ? '' : name.slice(0, -'.md'.length), join(folder, name)] as const),
  ])
  return files
}

/** The page at `/docs/<path>`; null: there is none. */
export function findManualPage(path: string): ManualPage | null {
  const file = filesByPath().get(path)
  if (file === undefined) return null
  const text = readFileSync(file, 'utf8')
  return { path, title: /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? basename(file), text }
}

/**
 * Where a link of a page leads in the console: to the page of a document, elsewhere unchanged, and null for a file that
 * is no page. `path` is the page's own.
 */
export function manualHref(path: string, href: string): string | null {
  if (/^[a-z]+:/i.test(href) || href.startsWith('#')) return href
  const folder = path === 'readme' ? '/' : '/docs/'
  const { pathname, hash } = new URL(href, `http://manual${folder}${path === 'readme' ? 'README.md' : `${path}.md`}`)
  const name = pathname === '/README.md' ? 'readme' : /^\/docs\/(.+)\.md$/.exec(pathname)?.[1]
  if (name === undefined) return pathname === '/docs/' ? '/docs' : null
  const target = name === 'README' ? '' : name
  return filesByPath().has(target) ? `/docs${target && '/'}${target}${hash}` : null
}
