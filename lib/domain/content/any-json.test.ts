import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHelmChart } from './helm-chart'
import { environmentVariables, imageLabels, readImageConfig, readImageSteps } from './image-config'
import { parseLooseJson } from './loose-json'
import { readManifestContent } from './manifest-content'

/* What a pusher wrote is read whatever it is: nothing throws, and no answer is large. */

const bytesOf = (text: string) => new TextEncoder().encode(text)

const limits = { depth: 64, values: 100_000 }

const anyJson = fc.jsonValue() as fc.Arbitrary<unknown>

/** Any JSON below the names that are read. */
const hostile = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor', 'toString'), fc.jsonValue({ maxDepth: 3 })),
  )

const configNames = ['Env', 'Labels', 'Cmd', 'Entrypoint', 'ExposedPorts', 'Volumes', 'User', 'WorkingDir']
const image = fc.record({
  ...{ config: hostile(configNames), history: anyJson, created: anyJson, author: anyJson },
  ...{ os: anyJson, architecture: anyJson, variant: anyJson },
})

test('a config is read, whatever its JSON is', () => {
  fc.assert(
    fc.property(fc.oneof(anyJson, image), (written: unknown) => {
      const json = parseLooseJson(bytesOf(JSON.stringify(written)), limits)
      const answer = [readImageConfig(json), readImageSteps([], json), readHelmChart(json)]
      expect(JSON.parse(JSON.stringify(answer)) as unknown).toEqual(answer)
      for (const text of [...environmentVariables(json).values(), ...imageLabels(json).values()]) {
        expect(typeof text).toBe('string')
      }
    }),
  )
})

test('a manifest is read or refused, whatever its bytes are', () => {
  const manifest = hostile(['config', 'layers', 'manifests', 'annotations', 'subject']).map((json) =>
    bytesOf(JSON.stringify(json)),
  )
  fc.assert(
    fc.property(fc.oneof(manifest, fc.uint8Array()), fc.boolean(), (content, isIndex) => {
      const type = `application/vnd.oci.image.${isIndex ? 'index' : 'manifest'}.v1+json`
      const read = readManifestContent(content, type)
      if (read !== null) expect(read).toMatchObject(isIndex ? { config: null, layers: [] } : { children: [] })
    }),
  )
})

test('what is answered of the largest config is bounded', () => {
  const long = '\u0001'.repeat(30_000)
  const many = Array.from({ length: 5000 }, (_, at) => `${at}=${long.slice(0, 200)}`)
  const named = Object.fromEntries([...many, long].map((text) => [text, text] as const))
  const config = {
    ...{ Env: many, Labels: named, Cmd: many, Entrypoint: [long, ...many], ExposedPorts: named, Volumes: named },
    ...{ User: long, WorkingDir: long, StopSignal: long },
  }
  const read = readImageConfig({ author: long, os: long, architecture: long, config })
  expect(JSON.stringify(read).length).toBeLessThan(400 * 1024)
  expect(read.environment.totalCount).toBe(5000)
  const chart = { name: long, dependencies: many.map((name) => ({ name, version: long })) }
  expect(JSON.stringify(readHelmChart(chart)).length).toBeLessThan(300 * 1024)
})

test('JSON beyond a limit is not parsed: nested too deep, or of too many values', () => {
  const nested = (depth: number) => bytesOf('['.repeat(depth) + ']'.repeat(depth))
  expect(parseLooseJson(nested(64), limits)).toBeDefined()
  expect(parseLooseJson(nested(65), limits)).toBeUndefined()
  expect(parseLooseJson(nested(500_000), limits)).toBeUndefined()
  expect(parseLooseJson(bytesOf(`["${'[,'.repeat(200_000)}"]`), limits)).toHaveLength(1)
  expect(parseLooseJson(bytesOf(`[${'0,'.repeat(100_000)}0]`), limits)).toBeUndefined()
})
