import { describe, expect, test } from 'vitest'
import { instanceAddresses } from './instance-addresses'

const example = { name: 'example', regionId: 'cn-hangzhou' }
const internet = 'example-registry.cn-hangzhou.stele.test'

describe('the host to write in docker commands', () => {
  test.each([
    { requestHost: 'localhost:3000', publicUrl: null, isDefault: true, expected: 'localhost:3000' },
    { requestHost: 'LOCALHOST:3000', publicUrl: null, isDefault: true, expected: 'localhost:3000' },
    { requestHost: '192.168.1.5', publicUrl: null, isDefault: true, expected: '192.168.1.5' },
    { requestHost: '192.168.1.5:80', publicUrl: null, isDefault: true, expected: '192.168.1.5' },
    { requestHost: '[::1]:3000', publicUrl: null, isDefault: true, expected: '[::1]:3000' },
    { requestHost: '10.0.0.7:3000', publicUrl: 'https://hub.test', isDefault: true, expected: 'hub.test' },
    { requestHost: '10.0.0.7:3000', publicUrl: 'https://hub.test:8443', isDefault: true, expected: 'hub.test:8443' },
    { requestHost: `${internet}:3000`, publicUrl: null, isDefault: true, expected: `${internet}:3000` },
    { requestHost: 'hub.test.:3000', publicUrl: null, isDefault: true, expected: 'hub.test:3000' },
    {
      requestHost: 'example-registry.mars-1.stele.test:3000',
      publicUrl: null,
      isDefault: true,
      expected: `${internet}:3000`,
    },
    { requestHost: '', publicUrl: null, isDefault: true, expected: internet },
    { requestHost: 'localhost:3000', publicUrl: null, isDefault: false, expected: `${internet}:3000` },
    { requestHost: 'localhost', publicUrl: null, isDefault: false, expected: internet },
    { requestHost: 'localhost:443', publicUrl: null, isDefault: false, expected: internet },
    { requestHost: '10.0.0.7:3000', publicUrl: 'https://hub.test', isDefault: false, expected: internet },
  ])('$requestHost (public $publicUrl, default $isDefault) gives $expected', ({ isDefault, expected, ...from }) => {
    const addresses = instanceAddresses({ ...example, isDefault }, { domain: 'stele.test', ...from })
    expect(addresses).toMatchObject({ registryHost: expected, registryAddress: expected, userNamePrefix: '' })
  })

  test.each([
    { requestHost: 'localhost:3000', publicUrl: null, host: 'localhost:3000' },
    { requestHost: '192.168.1.5', publicUrl: null, host: '192.168.1.5' },
    { requestHost: '10.0.0.7:3000', publicUrl: 'https://hub.test', host: 'hub.test' },
    {
      requestHost: 'other-registry.cn-hangzhou.stele.test:3000',
      publicUrl: null,
      host: 'other-registry.cn-hangzhou.stele.test:3000',
    },
  ])(
    'at $requestHost has a path, while the domain is not set, for an instance that is not the default',
    ({ host, ...from }) => {
      const addresses = instanceAddresses({ ...example, isDefault: false }, { domain: 'localhost', ...from })
      expect(addresses).toMatchObject({
        registryHost: host,
        registryAddress: `${host}/i/example.cn-hangzhou`,
        userNamePrefix: 'example.cn-hangzhou/',
      })
    },
  )

  test.each(['example-registry.cn-hangzhou.localhost:3000', 'EXAMPLE-registry-vpc.cn-hangzhou.localhost.:3000'])(
    'at the instance’s own host %s is that host',
    (requestHost) => {
      const host = requestHost.toLowerCase().replace('.:', ':')
      for (const isDefault of [false, true]) {
        const addresses = instanceAddresses(
          { ...example, isDefault },
          { domain: 'localhost', publicUrl: null, requestHost },
        )
        expect(addresses).toMatchObject({ registryHost: host, registryAddress: host, userNamePrefix: '' })
        expect(addresses.endpoints.path).toBeNull()
      }
    },
  )

  test('at the host of another instance is the internet endpoint', () => {
    const requestHost = 'other-registry.cn-hangzhou.localhost:3000'
    const addresses = instanceAddresses(
      { ...example, isDefault: false },
      { domain: 'localhost', publicUrl: null, requestHost },
    )
    expect(addresses.registryAddress).toBe('example-registry.cn-hangzhou.localhost:3000')
    expect(addresses.endpoints.path).toBeNull()
  })
})

test('all endpoints carry the port the request came to', () => {
  const vantage = { domain: 'stele.test', publicUrl: null, requestHost: 'other.test:5000' }
  expect(instanceAddresses({ ...example, isDefault: true }, vantage).endpoints).toEqual({
    internet: `${internet}:5000`,
    vpc: 'example-registry-vpc.cn-hangzhou.stele.test:5000',
    path: 'other.test:5000/i/example.cn-hangzhou',
  })
})
