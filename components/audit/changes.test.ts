import { expect, test } from 'vitest'
import { changesOf } from './changes'

test('fields of either side, once each, values as text', () => {
  const before = { summary: 'old', tagImmutability: false, gone: 1 }
  const after = { summary: '', tagImmutability: true, grants: [{ scope: 'a' }], nothing: null }
  expect(changesOf({ before, after })).toEqual([
    { field: 'summary', before: 'old', after: '' },
    { field: 'tagImmutability', before: 'false', after: 'true' },
    { field: 'gone', before: '1', after: null },
    { field: 'grants', before: null, after: '[{"scope":"a"}]' },
    { field: 'nothing', before: null, after: null },
  ])
})

test('an event that changed no field has none', () => {
  expect(changesOf({ before: null, after: null })).toEqual([])
})
