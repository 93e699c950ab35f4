import { expect, test } from 'vitest'
import { sortRefusals } from './refused-fields'

test('each reason goes to the field it is about, in the order of the form, the others to none', () => {
  const sorted = sortRefusals(
    [
      { path: 'password', message: 'common' },
      { path: 'name', message: 'taken' },
      { path: 'body', message: 'unknown field' },
      { path: 'password', message: 'short' },
    ],
    ['name', 'role', 'password'],
  )
  expect([...sorted.fields]).toEqual([
    ['name', 'taken'],
    ['password', 'common; short'],
  ])
  expect(sorted.rest).toEqual([{ path: 'body', message: 'unknown field' }])
})

test.each([
  ['immutability.exemptTags.0', 'exemptTags'],
  ['grants.2.scopeId', 'scopeId'],
  ['grants.2.scopeId', 'grants'],
  ['grants.2.scopeId', 'grants.2.scopeId'],
  ['source.repositoryId', 'repositoryId'],
])('%s is about the field %s', (path, field) => {
  expect(sortRefusals([{ path, message: 'why' }], ['name', field]).fields.get(field)).toBe('why')
})

test('the inner name of a path goes before the outer one', () => {
  const { fields } = sortRefusals([{ path: 'grants.0.scopeId', message: 'why' }], ['grants', 'scopeId'])
  expect([...fields.keys()]).toEqual(['scopeId'])
})
