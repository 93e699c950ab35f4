import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

/* Comments, documents and decisions name files that are there: a reader who follows one finds it. */

const root = join(import.meta.dirname, '..')
const skipped = /(^|\/)(node_modules|\.next|\.git|dist|data|generated|test-results|playwright-report)(\/|$)/

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => !skipped.test(file))
const documents = files.filter((file) => file.endsWith('.md'))
const sources = files.filter((file) => /\.(tsx?|mjs|prisma|css|sh)$|(^|\/)\.env\.example$/.test(file))

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The comments of a source file, about: lines that begin as one, and what follows `//` or `#` on a line. */
function commentsOf(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => /^\s*(?:\/?\*|\/\/|#).*|\s\/\/\s.*/.exec(line)?.[0] ?? [])
    .join('\n')
}

/** Every `*.md` that a text names, addresses left out. */
function documentsNamedIn(text: string): string[] {
  return [...text.replace(/https?:\/\/\S+/g, '').matchAll(/[\w./-]*[\w-]\.md\b/g)].map((match) => match[0])
}

/** Whether a path is there, seen from the file that names it or from the repository's folder. */
function isThere(file: string, named: string): boolean {
  return [join(dirname(file), named), named].some((path) => existsSync(join(root, normalize(path))))
}

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}

test('every document that a comment names is there', () => {
  const missing = sources.flatMap((file) =>
    documentsNamedIn(commentsOf(read(file)))
      .filter((named) => !isThere(file, named))
      .map((named) => `${file}: ${named}`),
  )
  expect(missing).toEqual([])
})

describe.each(documents)('%s', (file) => {
  const text = read(file)

  test('names documents that are there', () => {
    expect(documentsNamedIn(text).filter((named) => !isThere(file, named))).toEqual([])
  })

  test('links to files and headings that are there', () => {
    const broken = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap((match) => {
      const [link = '', path = '', anchor] = match
      const target = path === '' ? file : normalize(join(dirname(file), path))
      if (!existsSync(join(root, target))) return [link]
      if (anchor === undefined) return []
      const anchors = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))
      return anchors.includes(anchor) ? [] : [link]
    })
    expect(broken).toEqual([])
  })

  test('names source files that are there', () => {
    const paths = [
      ...text.matchAll(/`((?:app|bench|components|e2e|lib|prisma|scripts)\/[\w./[\]{},-]+\.(?:tsx?|mjs|sh))`/g),
    ]
    const named = paths.map(([, path = '']) => path).filter((path) => !/[{}]/.test(path))
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})
