import { expect, test } from 'vitest'
import { changesOf } from './changes'

test('fields of either side, once each', () => {
  const before = { summary: 'old', tagImmutability: false, gone: 1 }
  const after = { summary: '', tagImmutability: true, nothing: null }
  expect(changesOf({ before, after })).toEqual([
    { field: 'summary', before: 'old', after: '' },
    { field: 'tagImmutability', before: false, after: true },
    { field: 'gone', before: 1, after: undefined },
    { field: 'nothing', before: undefined, after: null },
  ])
})

test('an event that changed no field has none', () => {
  expect(changesOf({ before: null, after: null })).toEqual([])
})
