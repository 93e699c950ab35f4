import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from './errors'
import { parseManifest } from './manifest'

/*
 * No reading of a manifest by Go's rules follows content that Stele did not record: generated manifests whose keys,
 * types and values are changed in ways that parsers read differently, judged by Go itself.
 */

const count = 10_000
const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const dockerType = 'application/vnd.docker.distribution.manifest.v2+json'
const listType = 'application/vnd.docker.distribution.manifest.list.v2+json'
const types = [imageType, indexType, dockerType, listType]

/** JSON as a tree whose objects keep repeated keys, and the spelling of each key. */
type Json = { readonly raw: string } | { readonly list: readonly Json[] } | { readonly fields: readonly Field[] }
type Field = readonly [spelling: string, value: Json]

const raw = (value: unknown): Json => ({ raw: JSON.stringify(value) })

function write(json: Json): string {
  if ('raw' in json) return json.raw
  if ('list' in json) return `[${json.list.map(write).join()}]`
  return `{${json.fields.map(([spelling, value]) => `${spelling}:${write(value)}`).join()}}`
}

const digest = fc.nat(50).map((number) => `sha256:${String(number).padStart(64, '0')}`)

/** Other spellings of a key: some are the same key to every parser, some only to Go, some to none. */
function spellings(key: string): fc.Arbitrary<string> {
  const escape = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  const others = [
    key.toUpperCase(),
    key.charAt(0).toUpperCase() + key.slice(1),
    key.replace(/s/g, '\u017f'),
    key.replace(/s/, '\\u017F'),
    key.replace(/k/g, '\u212a'),
    key.replace(/[a-z]/, (letter) => escape(letter)),
    key.replace(/[a-z]/, (letter) => escape(letter.toUpperCase())),
    `${key} `,
    `${key}\\u0000`,
    key.replace('i', '\u0131'),
  ]
  return fc.oneof(
    { weight: 25, arbitrary: fc.constant(`"${key}"`) },
    { weight: 1, arbitrary: fc.constantFrom(...others).map((other) => `"${other}"`) },
  )
}

/** Null, and once in a while something. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | null> =>
  fc.oneof({ weight, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

/** An object with these fields, sometimes with one left out, repeated, moved or spelled otherwise. */
function object(fields: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<Json> {
  const entries = Object.entries(fields).map(([key, value]) => fc.tuple(spellings(key), value))
  return fc
    .tuple(fc.tuple(...entries), seldom(fc.nat(entries.length), 30), fc.nat(entries.length))
    .map(([made, source, at]) => {
      const repeated = source === null ? [] : made.slice(source, source + 1)
      return { fields: [...made.slice(0, at), ...repeated, ...made.slice(at)] }
    })
}

const odd = fc
  .constantFrom('null', '[]', '{}', '1', '"x"', '[null]', '[{}]', '{"digest":null}')
  .map((text) => ({ raw: text }))

/** Mostly what it should be. */
const mostly = (right: fc.Arbitrary<Json>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: odd })

const descriptor = (mediaType: string) =>
  object({
    mediaType: mostly(fc.constant(raw(mediaType))),
    digest: mostly(digest.map(raw)),
    size: mostly(fc.constantFrom('7', '7', '7', '7.0', '7e0', '-0').map((text) => ({ raw: text }))),
  })

const listOf = (item: fc.Arbitrary<Json>) => mostly(fc.array(item, { maxLength: 3 }).map((list) => ({ list })))

const layers = listOf(mostly(descriptor('application/vnd.oci.image.layer.v1.tar')))
const children = listOf(mostly(descriptor(imageType)))
const config = mostly(descriptor('application/vnd.oci.image.config.v1+json'))
const schemaVersion = mostly(fc.constant(raw(2)))

const stated = seldom(fc.constantFrom(...types), 12)

interface Made {
  readonly content: Buffer
  readonly contentType: string
}

const manifest: fc.Arbitrary<Made> = fc
  .record({
    isIndex: fc.boolean(),
    isDocker: fc.boolean(),
    otherType: stated,
    bodyType: fc.oneof(
      { weight: 4, arbitrary: fc.constant('same' as const) },
      { weight: 1, arbitrary: fc.constant('none' as const) },
    ),
    image: object({ schemaVersion, config, layers }),
    index: object({ schemaVersion, manifests: children }),
    /** Of the other kind, or of the same again. */
    foreign: seldom(object({ config, layers, manifests: children, x: layers }), 8),
    prefix: fc.oneof(
      { weight: 40, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('\ufeff', ' ', '[]') },
    ),
  })
  .map(({ isIndex, isDocker, otherType, bodyType, image, index, foreign, prefix }) => {
    const own = isIndex ? (isDocker ? listType : indexType) : isDocker ? dockerType : imageType
    const fields = [isIndex ? index : image, ...(foreign === null ? [] : [foreign])].flatMap((made) =>
      'fields' in made ? made.fields : [],
    )
    const typed: Field[] = bodyType === 'none' ? [] : [['"mediaType"', raw(own)]]
    const text = prefix + write({ fields: [...typed, ...fields] })
    return { content: Buffer.from(text), contentType: otherType ?? own }
  })

/** What Stele records of a manifest; null when it refuses it. */
function recorded({ content, contentType }: Made): ReadonlySet<string> | null {
  try {
    return new Set(parseManifest(content, contentType).references.map(({ digest }) => digest))
  } catch (error) {
    if (AppError.is(error) && error.code === 'MANIFEST_INVALID') return null
    throw error
  }
}

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// Without Go there is no judge.
describe.skipIf(!hasGo())('a manifest that Stele accepts', () => {
  let folder: string
  let judge: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stele-go-reading-'))
    judge = join(folder, 'go-reading')
    execFileSync('go', ['build', '-o', judge, join(import.meta.dirname, '../../scripts/go-reading/main.go')])
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function readByGo(contents: readonly Buffer[]): string[][] {
    const input = contents.map((content) => `${content.toString('base64')}\n`).join('')
    const output = execFileSync(judge, { input, maxBuffer: 256 * 1024 * 1024 }).toString()
    return output
      .split('\n')
      .slice(0, contents.length)
      .map((line) => line.split(' ').filter(Boolean))
  }

  test('names no content to Go that Stele did not record', { timeout: 120_000 }, () => {
    const seed = Math.floor(Math.random() * 1e9)
    const made = fc.sample(manifest, { numRuns: count, seed })
    const accepted = made.flatMap((each) => {
      const known = recorded(each)
      return known === null ? [] : [{ ...each, known }]
    })
    const readings = readByGo(accepted.map(({ content }) => content))
    const unknown = accepted.flatMap(({ content, contentType, known }, index) => {
      const missing = (readings[index] ?? []).filter((digest) => !known.has(digest))
      return missing.length === 0 ? [] : [`${contentType}: ${content.toString()}`]
    })
    expect(unknown.slice(0, 3), `seed ${seed}`).toEqual([])
    // Both would make the property say nothing: no manifest accepted, or Go finding nothing in them.
    expect(accepted.length).toBeGreaterThan(count / 10)
    expect(accepted.length).toBeLessThan(count)
    expect(readings.filter((digests) => digests.length > 0).length).toBeGreaterThan(accepted.length / 2)
  })
})
