import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instanceHosts } from './instance-host'
import { addressedPath, instancePathPrefix, isSameInstance, parseQualifiedName, userNamePrefix } from './instance-path'
import { isNamespaceName, isRepositoryPath, splitRepositoryPath } from './reference'
import { regions } from './regions'
import { isRobotName, robotUserName } from './robot-name'
import { isUserName } from './user-name'

const domain = 'stele.test'
const dev = { name: 'dev', regionId: 'cn-hangzhou' }
const shared = ['localhost:3000', '127.0.0.1', '[::1]:3000', 'registry.example.com', domain]

/** Names of the grammars, and what is nearly one. */
const instanceName = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,28}[a-z0-9]$/)
const regionId = fc.constantFrom(...regions.map(({ id }) => id))
const instance = fc.record({ name: instanceName, regionId })
const segment = fc.stringMatching(/^[a-z0-9]{1,4}(?:(?:\.|_|__|-)[a-z0-9]{1,4}){0,2}$/)
const namespace = segment.filter(isNamespaceName)
const repository = fc
  .tuple(namespace, fc.array(segment, { minLength: 1, maxLength: 3 }))
  .map(([n, r]) => [n, ...r].join('/'))
const anyHost = fc.oneof(
  fc.constantFrom(...shared),
  instance.map((parts) => `${instanceHosts(parts, domain).internet}:3000`),
)
const anyPath = fc.oneof(
  repository,
  fc.string({ maxLength: 40 }),
  fc
    .tuple(fc.constantFrom('i/', 'i', 'I/', 'i//', 'i/dev', 'i/.', '/i/', 'i%2F'), fc.string({ maxLength: 30 }))
    .map((parts) => parts.join('')),
  fc.tuple(instance, repository).map(([parts, path]) => `${instancePathPrefix(parts)}${path}`),
)

describe('a path', () => {
  test.each([
    ['i/dev.cn-hangzhou/team/app', dev, 'i/dev.cn-hangzhou/', 'team/app'],
    ['i/dev.cn-hangzhou/team/a/b', dev, 'i/dev.cn-hangzhou/', 'team/a/b'],
    ['i/dev.cn-hangzhou/i/dev.cn-hangzhou/team/app', dev, 'i/dev.cn-hangzhou/', 'i/dev.cn-hangzhou/team/app'],
    ['i/dev.mars-1/team/app', null, 'i/dev.mars-1/', 'team/app'],
    ['i/dev/team/app', null, 'i/dev/', 'team/app'],
    ['i/dev.cn-hangzhou.x/team/app', null, 'i/dev.cn-hangzhou.x/', 'team/app'],
    ['i/dev.cn-hangzhou', dev, 'i/dev.cn-hangzhou/', ''],
    ['i/', null, 'i//', ''],
    ['i//team/app', null, 'i//', 'team/app'],
    ['i', 'default', '', 'i'],
    ['ii/dev.cn-hangzhou/app', 'default', '', 'ii/dev.cn-hangzhou/app'],
    ['team/i/dev.cn-hangzhou/app', 'default', '', 'team/i/dev.cn-hangzhou/app'],
    ['dev.cn-hangzhou/app', 'default', '', 'dev.cn-hangzhou/app'],
    ['test/example', 'default', '', 'test/example'],
    ['', 'default', '', ''],
  ] as const)('%j names an instance, or the default one', (path, named, prefix, rest) => {
    for (const host of shared)
      expect(addressedPath(host, path, domain)).toEqual({ instance: named, prefix, path: rest })
  })

  test('names no instance at the host of another one, nor at a host that is none’s', () => {
    fc.assert(
      fc.property(instance, anyPath, (parts, path) => {
        for (const host of Object.values(instanceHosts(parts, domain))) {
          expect(addressedPath(host, path, domain)).toEqual({ instance: parts, prefix: '', path })
        }
        const none = `x-registry.mars-1.${domain}`
        expect(addressedPath(none, path, domain)).toEqual({ instance: null, prefix: '', path })
      }),
    )
  })

  test('of a repository of the default instance never names another one, whatever the namespace is called', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          repository,
          fc.tuple(instanceName, segment).map((parts) => parts.join('/')),
        ),
        (path) => {
          fc.pre(isNamespaceName(splitRepositoryPath(path)?.namespace ?? ''))
          for (const host of shared)
            expect(addressedPath(host, path, domain)).toEqual({ instance: 'default', prefix: '', path })
        },
      ),
    )
  })

  test('with an instance’s prefix is that of the repository there, and a path of the OCI grammar', () => {
    fc.assert(
      fc.property(instance, repository, (parts, path) => {
        const prefix = instancePathPrefix(parts)
        expect(isRepositoryPath(`${prefix}${path}`)).toBe(true)
        expect(isNamespaceName(splitRepositoryPath(prefix)?.namespace ?? '')).toBe(false)
        for (const host of shared)
          expect(addressedPath(host, `${prefix}${path}`, domain)).toEqual({ instance: parts, prefix, path })
      }),
    )
  })

  test('of any kind has exactly one reading: prefix and path together are what was written', () => {
    fc.assert(
      fc.property(anyHost, anyPath, (host, path) => {
        const address = addressedPath(host, path, domain)
        const isWhole = address.prefix === `${path}/` && address.path === ''
        expect(isWhole || `${address.prefix}${address.path}` === path).toBe(true)
        if (address.prefix === '' || address.instance === null) return
        expect(address.instance).not.toBe('default')
        if (typeof address.instance === 'object') expect(instancePathPrefix(address.instance)).toBe(address.prefix)
      }),
      { numRuns: 2000 },
    )
  })
})

test('two addresses name the same instance in the same words only', () => {
  expect(isSameInstance(dev, { ...dev })).toBe(true)
  expect(isSameInstance('default', 'default')).toBe(true)
  expect(isSameInstance(dev, { ...dev, regionId: 'cn-beijing' })).toBe(false)
  expect(isSameInstance(dev, 'default')).toBe(false)
  expect(isSameInstance('default', null)).toBe(false)
  expect(isSameInstance(dev, null)).toBe(false)
})

describe('a user name', () => {
  test.each([
    ['dev.cn-hangzhou/admin', dev, 'admin'],
    ['Dev.CN-Hangzhou/Admin', dev, 'Admin'],
    [' dev.cn-hangzhou/robot+ci', dev, 'robot+ci'],
    ['dev.mars-1/admin', null, 'admin'],
    ['dev/admin', null, 'admin'],
    ['/admin', null, 'admin'],
    ['dev.cn-hangzhou/a/b', dev, 'a/b'],
    ['admin', undefined, 'admin'],
    ['', undefined, ''],
  ])('%j says its instance', (text, named, name) => {
    expect(parseQualifiedName(text)).toEqual({ instance: named, name })
  })

  test('that a user or a robot can have says no instance; with the prefix of one it says that', () => {
    fc.assert(
      fc.property(instance, fc.string({ maxLength: 70 }), segment, (parts, any, likely) => {
        for (const name of [any, likely]) {
          if (!isUserName(name) && !isRobotName(name)) continue
          for (const user of [name, robotUserName(name)]) {
            expect(parseQualifiedName(user)).toEqual({ instance: undefined, name: user })
            expect(parseQualifiedName(`${userNamePrefix(parts)}${user}`)).toEqual({ instance: parts, name: user })
          }
        }
      }),
    )
  })
})
