import { expect, test } from 'vitest'
import { changesOf, conflictsOf } from './settings'

const base = { type: 'PRIVATE', immutable: false, summary: '' }

test('only the settings that were changed are sent', () => {
  expect(changesOf(base, { ...base, immutable: true })).toEqual({ immutable: true })
  expect(changesOf(base, { ...base })).toEqual({})
})

test('a conflict shows what either side changed', () => {
  expect(conflictsOf(base, { ...base, type: 'PUBLIC' }, { ...base, immutable: true })).toEqual([
    { name: 'type', theirs: 'PUBLIC', yours: undefined },
    { name: 'immutable', theirs: false, yours: true },
  ])
})

test('a conflict leaves out what both sides changed alike', () => {
  const both = { ...base, immutable: true }
  expect(conflictsOf(base, both, { ...both, summary: 'mine' })).toEqual([
    { name: 'summary', theirs: '', yours: 'mine' },
  ])
})
