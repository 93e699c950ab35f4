import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'

/** Below this path are the files of the build, whose names change with their content. */
const prefix = '/_next/static/'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** The encodings in which the build writes files (`scripts/lib/compress-static.mjs`), the smallest first. */
const encodings = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const

/** Answers a request for one file. Rejects when the file cannot be read any more. */
export type ServeFile = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * The files of a build: scripts, styles and pictures of the console, sent as they were compressed at the build, with
 * nothing but what caches need. Next would compress them for each request, and nothing of what it adds matters on them.
 */
export class StaticFiles {
  /** By path, the encodings it is there in. */
  readonly #files: ReadonlyMap<string, readonly (typeof encodings)[number][]>
  readonly #folder: string

  /** Lists `folder`, which is `.next/static`; its files do not change while the server runs. Throws when it is missing. */
  constructor(folder: string) {
    this.#folder = folder
    const names = new Set(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .split(sep)
            .join('/'),
        ),
    )
    this.#files = new Map(
      [...names]
        .filter((name) => types[extname(name)] !== undefined)
        .map((name) => [name, encodings.filter(({ extension }) => names.has(name + extension))]),
    )
  }

  /** What answers a GET or HEAD for a file of the build; null for anything else. */
  find({ method, url = '' }: IncomingMessage): ServeFile | null {
    if ((method !== 'GET' && method !== 'HEAD') || !url.startsWith(prefix)) return null
    const name = url.slice(prefix.length).split('?', 1)[0] ?? ''
    const there = this.#files.get(name)
    if (there === undefined) return null
    return async (request, response) => {
      const accepted = acceptedEncodings(request.headers['accept-encoding'] ?? '')
      const encoding = there.find((one) => accepted.has(one.name))
      const bytes = await readFile(join(this.#folder, name + (encoding?.extension ?? '')))
      response.writeHead(200, {
        'Content-Type': types[extname(name)],
        'Content-Length': bytes.length,
        ...(encoding !== undefined && { 'Content-Encoding': encoding.name }),
        ...(there.length > 0 && { Vary: 'Accept-Encoding' }),
        'Cache-Control': 'public, max-age=31536000, immutable',
        // What a script is, browsers are not to guess.
        'X-Content-Type-Options': 'nosniff',
      })
      response.end(request.method === 'HEAD' ? undefined : bytes)
    }
  }
}

/** The encodings that a client takes (RFC 9110, section 12.5.3). */
function acceptedEncodings(header: string): ReadonlySet<string> {
  const accepted = new Set<string>()
  const refused = new Set<string>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
    ;(isRefused ? refused : accepted).add(name)
  }
  if (accepted.has('*')) for (const { name } of encodings) if (!refused.has(name)) accepted.add(name)
  return accepted
}
