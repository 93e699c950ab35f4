import { describe, expect, test } from 'vitest'
import { hasInstanceForm, instanceHosts, parseInstanceHost } from './instance-host'

describe('instance host names', () => {
  test('are ACR’s', () => {
    expect(instanceHosts({ name: 'example', regionId: 'cn-hangzhou' }, 'cr.example.com')).toEqual({
      internet: 'example-registry.cn-hangzhou.cr.example.com',
      vpc: 'example-registry-vpc.cn-hangzhou.cr.example.com',
    })
  })

  test.each([
    ['example-registry.cn-hangzhou.localhost', 'example'],
    ['example-registry-vpc.cn-hangzhou.localhost:3000', 'example'],
    ['EXAMPLE-registry.cn-hangzhou.LOCALHOST', 'example'],
    ['a-registry-b-registry.cn-hangzhou.localhost', 'a-registry-b'],
    ['example-registry.cn-hangzhou.localhost.', 'example'],
    ['example-registry.cn-hangzhou.localhost.:3000', 'example'],
    ['example-registry.cn-hangzhou.localhost..', null],
    ['example.cn-hangzhou.localhost', null],
    ['example-registry.mars-1.localhost', null],
    ['example-registry.cn-hangzhou.elsewhere', null],
    ['localhost:3000', null],
    ['127.0.0.1', null],
    ['[::1]:3000', null],
    ['', null],
  ])('%s is instance %s', (host, name) => {
    expect(parseInstanceHost(host, 'localhost')?.name ?? null).toBe(name)
  })

  test.each([
    ['example-registry.cn-hangzhou.localhost', true],
    ['example-registry.mars-1.localhost', true],
    ['EXAMPLE-registry-vpc.mars-1.localhost.:3000', true],
    ['a_b-registry.cn-hangzhou.localhost', true],
    ['example.cn-hangzhou.localhost', false],
    ['example-registry.cn-hangzhou.elsewhere', false],
    ['registry.localhost', false],
    ['localhost.', false],
  ])('%s has the form of an instance: %s', (host, expected) => {
    expect(hasInstanceForm(host, 'localhost')).toBe(expected)
  })
})
