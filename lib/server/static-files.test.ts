import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, type IncomingHttpHeaders, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compressStatic } from '@/scripts/lib/compress-static.mjs'
import { StaticFiles } from './static-files'

const folder = mkdtempSync(join(tmpdir(), 'stele-static-'))
const script = 'export const text = "again and again"\n'.repeat(200)
let server: Server

beforeAll(async () => {
  mkdirSync(join(folder, 'chunks'))
  mkdirSync(join(folder, 'media'))
  writeFileSync(join(folder, 'chunks', 'a.js'), script)
  writeFileSync(join(folder, 'chunks', 'short.css'), 'a{}')
  writeFileSync(join(folder, 'media', 'font.woff2'), Buffer.alloc(1000))
  await compressStatic(folder)
  const files = new StaticFiles(folder)
  server = createServer((incoming, response) => {
    const serve = files.find(incoming)
    if (serve === null) response.writeHead(404).end()
    else void serve(incoming, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

const path = '/_next/static/chunks/a.js'

test.each([
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ['BR', 'br', brotliDecompressSync],
  ['*', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
  ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
  ['*, br;q=0', 'gzip', gunzipSync],
  ['gzip;q=0', undefined, (body: Buffer) => body],
  ['identity', undefined, (body: Buffer) => body],
  [undefined, undefined, (body: Buffer) => body],
])('Accept-Encoding %s: %s', async (accepted, encoding, decode) => {
  const { status, headers, body } = await ask(path, accepted === undefined ? {} : { 'accept-encoding': accepted })
  expect(status).toBe(200)
  expect(headers['content-encoding']).toBe(encoding)
  expect(decode(body).toString()).toBe(script)
  expect(headers['content-length']).toBe(String(body.length))
  expect(headers['vary']).toBe('Accept-Encoding')
})

test('a file has what caches and browsers need, and nothing else', async () => {
  const { headers } = await ask(path, { 'accept-encoding': 'br' })
  const { date: _, connection: __, ...rest } = headers
  expect(rest).toEqual({
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': expect.any(String) as string,
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
  })
})

test('what compression does not make smaller is sent as it is', async () => {
  for (const name of ['chunks/short.css', 'media/font.woff2']) {
    const { headers } = await ask(`/_next/static/${name}`, { 'accept-encoding': 'br, gzip' })
    expect(headers['content-encoding'], name).toBeUndefined()
    expect(headers['vary'], name).toBeUndefined()
  }
})

test('HEAD has the headers of GET and no body; a query changes nothing', async () => {
  const { headers, body } = await ask(`${path}?dpl=1`, { 'accept-encoding': 'br' }, 'HEAD')
  expect(body).toHaveLength(0)
  expect(headers).toMatchObject({ 'content-encoding': 'br' })
  expect(Number(headers['content-length'])).toBeGreaterThan(0)
})

test.each([
  ['a file that is not there', '/_next/static/chunks/none.js'],
  ['a way out of the folder', '/_next/static/../../package.json'],
  ['an encoded way out', '/_next/static/%2e%2e/%2e%2e/package.json'],
  ['a compressed file by its own name', `${path}.br`],
  ['a folder', '/_next/static/chunks'],
  ['another path', '/chunks/a.js'],
])('%s is no file of the build', async (_, other) => {
  expect((await ask(other)).status).toBe(404)
})

test('a file is only read', async () => {
  expect((await ask(path, {}, 'POST')).status).toBe(404)
})
