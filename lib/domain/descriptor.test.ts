import { describe, expect, test } from 'vitest'
import { descriptorText } from './descriptor'

const base = {
  mediaType: 'application/x',
  digest: `sha256:${'a'.repeat(64)}`,
  size: 1,
  annotations: { one: '1', two: '' },
  platform: { os: 'linux', architecture: 'arm', 'os.features': ['x', 'y'] },
}

describe('two descriptors are the same', () => {
  test.each([
    ['in another order', Object.fromEntries(Object.entries(base).reverse())],
    ['with annotations in another order', { ...base, annotations: { two: '', one: '1' } }],
    ['with empty fields', { ...base, urls: [], data: null, artifactType: undefined }],
    ['with a field that the specification does not define', { ...base, note: { deep: ['x'] } }],
  ])('%s', (_, other) => {
    expect(descriptorText(other)).toBe(descriptorText(base))
  })
})

describe('two descriptors differ', () => {
  test.each([
    ['in the size', { ...base, size: 2 }],
    ['in the media type', { ...base, mediaType: 'application/y' }],
    ['without annotations', { ...base, annotations: {} }],
    ['in the value of an annotation', { ...base, annotations: { one: '2', two: '' } }],
    ['in an empty annotation', { ...base, annotations: { one: '1' } }],
    ['in the order of a list', { ...base, platform: { ...base.platform, 'os.features': ['y', 'x'] } }],
    ['in what is in a list', { ...base, platform: { ...base.platform, 'os.features': ['x,y'] } }],
    ['in data', { ...base, data: 'e30=' }],
    ['in urls', { ...base, urls: ['https://example.com'] }],
    ['in the artifact type', { ...base, artifactType: 'application/x' }],
    ['in the type of a value', { ...base, annotations: { one: 1, two: '' } }],
  ])('%s', (_, other) => {
    expect(descriptorText(other)).not.toBe(descriptorText(base))
  })
})

test('limited to a field, only that is compared', () => {
  expect(descriptorText({ ...base, size: 2 }, ['mediaType'])).toBe(descriptorText(base, ['mediaType']))
  expect(descriptorText(base, ['mediaType'])).not.toBe(descriptorText({}, ['mediaType']))
})
