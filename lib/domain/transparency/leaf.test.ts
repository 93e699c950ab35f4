import { describe, expect, test } from 'vitest'
import { exemptTagsMax } from '../immutability'
import { type Leaf, LeafError, leafBytesMax, readLeaf, writeLeaf } from './leaf'

const digest = `sha256:${'a'.repeat(64)}`
const time = '2026-11-29T14:25:00.000Z'
const repository = { repository: 'team/app', repositoryId: 'crr-1' }
const tag = { ...repository, tag: 'v1', digest, time }
const policy = { mode: 'enforce' as const, exemptTags: ['latest'] }

const leaves: Leaf[] = [
  { kind: 'created', id: 1, ...tag },
  { kind: 'moved', id: 2, previousDigest: digest, ...tag },
  { kind: 'restored', id: 3, previousDigest: null, ...tag },
  { kind: 'deleted', id: 4, ...tag },
  { kind: 'released', id: 5, ...tag },
  { kind: 'opened', id: 6, closesAt: time, ...tag },
  { kind: 'closed', id: 7, how: 'TIME', ...tag, digest: null },
  { kind: 'policy', ...repository, time, policy, former: null },
  { kind: 'repositoryDeleted', ...repository, time },
  { kind: 'policyState', ...repository, time, policy },
  { kind: 'tagState', ...tag },
  { kind: 'tagState', ...tag, closesAt: time },
  { kind: 'nameState', ...tag },
  { kind: 'started', time },
]

test.each(leaves)('$kind is read as it is written', (leaf) => {
  const line = writeLeaf(leaf)
  expect(readLeaf(line)).toEqual(leaf)
  expect(line).not.toMatch(/[\n ]/)
})

test('keys are in order, whatever the order in memory', () => {
  const line = `{"digest":"${digest}","id":1,"kind":"created","repository":"team/app","repositoryId":"crr-1","tag":"v1","time":"${time}"}`
  expect(writeLeaf({ kind: 'created', id: 1, ...tag })).toBe(line)
  expect(writeLeaf({ ...tag, id: 1, kind: 'created' })).toBe(line)
})

test('the longest leaf fits in a bundle', () => {
  const long = { mode: 'enforce' as const, exemptTags: Array<string>(exemptTagsMax).fill('*'.repeat(128)) }
  const leaf = { kind: 'policy' as const, repository: 'a'.repeat(255), repositoryId: 'r'.repeat(64), time }
  expect(writeLeaf({ ...leaf, policy: long, former: long }).length).toBeLessThan(leafBytesMax)
})

describe('a line is refused', () => {
  const line = writeLeaf({ kind: 'created', id: 1, ...tag })
  test.each([
    ['with a space', line.replace(':', ': ')],
    ['with a newline', `${line}\n`],
    ['with another order', line.replace(/^\{("digest":"[^"]*"),("id":1)/, '{$2,$1')],
    ['with one more field', line.replace('"id"', '"actor":"admin","id"')],
    ['with a field twice', line.replace('"id":1', '"id":2,"id":1')],
    ['with a number in another spelling', line.replace('"id":1', '"id":1.0')],
    ['with an escape that is not needed', line.replace('"v1"', String.raw`"\u00761"`)],
    ['without a field', line.replace('"id":1,', '')],
    ['of another kind', line.replace('created', 'refused')],
    ['with a time of seconds', line.replace('.000Z', 'Z')],
    ['with a time of another zone', line.replace('.000Z', '.000+01:00')],
    ['with a digest that is none', line.replace('aaaa', 'AAAA')],
    ['with a tag that is none', line.replace('"v1"', '"v 1"')],
    ['that is not JSON', line.slice(1)],
    ['that is empty', ''],
  ])('%s', (_, changed) => {
    expect(changed).not.toBe(line)
    expect(() => readLeaf(changed)).toThrow(LeafError)
  })
})
