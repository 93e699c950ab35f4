import { expect, test } from 'vitest'
import {
  accessControlHref,
  administrationHref,
  blockedPushesHref,
  compareHref,
  digestHref,
  maintenanceHref,
  parseRepositoryPath,
  queryOf,
  repositoryHref,
  tagHref,
  userHref,
} from './routes'

test.each([
  ['team', 'app', 'details'],
  ['team', 'group/app', 'tags'],
  ['team', 'details/tags', 'details'],
  ['team', 'app', 'access'],
  ['team', 'app', 'untagged'],
  ['team', 'app', 'compare'],
  ['team', 'app', 'activity'],
  ['team', 'app', 'immutability'],
] as const)('the address of %s/%s, %s leads back to it', (namespace, name, section) => {
  const href = repositoryHref('cn-hangzhou', { instanceId: 'cri-1', namespace, name }, section)
  const segments = href.split('/repository/')[1]?.split('/') ?? []
  expect(parseRepositoryPath(segments)).toEqual({ namespace, name, section })
})

test.each([
  ['team', 'app', 'v1'],
  ['team', 'group/app', 'latest'],
  ['team', 'app', 'details'],
  ['team', 'app', 'tags'],
  ['team', 'app', 'history'],
  ['team', 'app', 'compare'],
  ['team', 'tags', 'v1'],
  ['team', 'app/tags', 'activity'],
  ['team', 'app', 'sha256-0.sig'],
] as const)('the address of tag %3$s of %s/%s leads back to it', (namespace, name, tag) => {
  const href = tagHref('cn-hangzhou', { instanceId: 'cri-1', namespace, name }, tag)
  const segments = href.split('/repository/')[1]?.split('/') ?? []
  expect(parseRepositoryPath(segments)).toEqual({ namespace, name, section: 'tags', tag })
})

test.each([
  ['team', 'app'],
  ['team', 'group/app'],
  ['team', 'tags'],
  ['team', 'digests'],
])('the address of a digest of %s/%s leads back to it', (namespace, name) => {
  const digest = `sha256:${'0'.repeat(64)}`
  const href = digestHref('cn-hangzhou', { instanceId: 'cri-1', namespace, name }, digest)
  const segments = href.split('/repository/')[1]?.split('/') ?? []
  expect(parseRepositoryPath(segments)).toEqual({ namespace, name, section: 'tags', digest })
})

test('a comparison names both sides, or leaves the choice', () => {
  const address = { instanceId: 'cri-1', namespace: 'team', name: 'app' }
  const page = '/cn-hangzhou/instance/cri-1/repository/team/app/compare'
  expect(compareHref('cn-hangzhou', address, 'v1', 'sha256:0')).toBe(`${page}?before=v1&after=sha256%3A0`)
  expect(compareHref('cn-hangzhou', address, null, 'v2')).toBe(`${page}?after=v2`)
  expect(compareHref('cn-hangzhou', address, null, null)).toBe(page)
})

test.each([
  [['team', 'app'], 'app'],
  [['team', 'tags', 'app'], 'tags/app'],
  [['team', 'details'], 'details'],
  [['team', 'app', 'elsewhere'], 'app/elsewhere'],
])('%j has no section', (segments, name) => {
  expect(parseRepositoryPath(segments)).toEqual({ namespace: 'team', name, section: null })
})

test.each([[[]], [['team']]])('%j is no repository address', (segments) => {
  expect(parseRepositoryPath(segments)).toBeNull()
})

test('a query is written as it was read, repeated names and all', () => {
  expect(queryOf({ search: 'a&b', cursor: ['1', '2'], sort: undefined })).toBe('?search=a%26b&cursor=1&cursor=2')
  expect(queryOf({})).toBe('')
})

test.each(['garbage-collection', 'scrub'] as const)(
  'the runs of %s are of the whole server: in no region',
  (section) => {
    expect(maintenanceHref(section)).toBe(`/maintenance/${section}`)
  },
)

test('the pages of the administration are of the whole server, access control and blocked pushes are of an instance', () => {
  expect(administrationHref('audit')).toBe('/audit')
  expect(userHref('usr-1')).toBe('/users/usr-1')
  expect(accessControlHref('cn-hangzhou', 'cri-1')).toBe('/cn-hangzhou/instance/cri-1/access-control')
  expect(blockedPushesHref('cn-hangzhou', 'cri-1')).toBe('/cn-hangzhou/instance/cri-1/blocked-pushes')
})
