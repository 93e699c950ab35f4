import { describe, expect, test } from 'vitest'
import { manifestLimits, parseManifestJson } from './manifest-json'

const parse = (text: string) => parseManifestJson(Buffer.from(text))

describe('parseManifestJson', () => {
  test('gives what JSON.parse gives, keys that mean nothing included', () => {
    const text = String.raw`{"schemaVersion":2,"x":{"A":1,"a":2,"a":3},"annotations":{"Note":"\"","note":"\\"},"layers":[{"size":0}]}`
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  test.each([
    ['at the top', '{"Layers":[]}', 'the key "Layers" of the manifest differs from "layers" only in case'],
    [
      'of the config',
      '{"config":{"DIGEST":"x"}}',
      'the key "DIGEST" of a descriptor differs from "digest" only in case',
    ],
    ['of a layer', '{"layers":[{},{"mediatype":"x"}]}', 'the key "mediatype" of a descriptor differs from "mediaType"'],
    ['of a child', '{"manifests":[{"URLs":[]}]}', 'the key "URLs" of a descriptor differs from "urls"'],
    ['of a subject', '{"subject":{"Size":1}}', 'the key "Size" of a descriptor differs from "size"'],
    ['of a platform', '{"manifests":[{"platform":{"OS":"x"}}]}', 'the key "OS" of a platform differs from "os"'],
    ['with a long s', '{"layer\u017f":[]}', 'differs from "layers" only in case'],
    ['with a long s, escaped', String.raw`{"layer\u017F":[]}`, 'differs from "layers" only in case'],
    ['with a long s in a descriptor', '{"layers":[{"dige\u017ft":"x"}]}', 'differs from "digest" only in case'],
    ['in capitals, escaped', String.raw`{"\u004cayers":[]}`, 'differs from "layers" only in case'],
  ])('a key in another case is refused %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  test.each([
    ['at the top', '{"layers":[],"layers":[]}', 'the key "layers" of the manifest occurs twice'],
    [
      'although it is escaped',
      String.raw`{"layers":[],"l\u0061yers":[]}`,
      'the key "layers" of the manifest occurs twice',
    ],
    ['of a layer', '{"layers":[{"digest":"a","digest":"b"}]}', 'the key "digest" of a descriptor occurs twice'],
    ['of annotations', '{"annotations":{"a":"b","a":"c"}}', 'the key "a" of its annotations occurs twice'],
    ['that means nothing', '{"x":1,"x":2}', 'the key "x" of the manifest occurs twice'],
  ])('a key that occurs twice is refused %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  test.each([
    ['a byte order mark', '\ufeff{}'],
    ['half a document', '{"layers":[{'],
    ['a string without end', '{"layers'],
    ['two documents', '{}{}'],
    ['nothing', ''],
    ['a list that ends as an object', '[}'],
    ['closing too often', '}}]]{}'],
    ['a key that is not a string', '{layers:1}'],
    ['an escape that is none', String.raw`{"\x":1}`],
  ])('%s is not JSON', (_, text) => {
    expect(() => parse(text)).toThrow('it is not JSON')
  })

  test('bytes that are not UTF-8 are not JSON', () => {
    expect(() => parseManifestJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow('it is not JSON')
  })

  test.each(['1.0', '1e2', '100E-1', '-0.0'])('the size %s is refused: Go reads whole numbers only', (size) => {
    expect(() => parse(`{"config":{"size": ${size} }}`)).toThrow(`its size ${size} is not written as a whole number`)
  })

  const many = (count: number, item: (index: number) => string) =>
    Array.from({ length: count }, (_, n) => item(n)).join()
  test.each([
    ['levels', manifestLimits.depth, (n: number) => '['.repeat(n) + ']'.repeat(n), 'it nests more than 64 levels'],
    [
      'layers',
      manifestLimits.descriptors,
      (n: number) => `{"layers":[${many(n, () => '{}')}]}`,
      'it lists more than 2500 layers or manifests',
    ],
    [
      'children',
      manifestLimits.descriptors,
      (n: number) => `{"manifests":[${many(n, () => '{}')}]}`,
      'it lists more than 2500 layers or manifests',
    ],
    [
      'annotations',
      manifestLimits.annotations,
      (n: number) => `{"annotations":{${many(n, (key) => `"${key}":""`)}}}`,
      'it has more than 1000 annotations in one object',
    ],
    [
      'annotations of a layer',
      manifestLimits.annotations,
      (n: number) => `{"layers":[{"annotations":{${many(n, (key) => `"${key}":""`)}}}]}`,
      'it has more than 1000 annotations in one object',
    ],
    [
      'values',
      manifestLimits.values / 2,
      (n: number) => `{"x":[${many(n - 1, () => '""')}]}`,
      'it has more than 250000 values',
    ],
  ])('%s: as many as the limit are read, one more is refused', (_, limit, make, message) => {
    expect(parse(make(limit))).toEqual(JSON.parse(make(limit)))
    expect(() => parse(make(limit + 1))).toThrow(message)
  })
})
