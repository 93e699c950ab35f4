import { generateKeyPairSync } from 'node:crypto'
import path from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { verifierKey } from '@/lib/transparency/note'
import { parseConfig } from './config'

describe('parseConfig', () => {
  test('every setting has a default', () => {
    expect(parseConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      processes: 1,
      dataDir: path.resolve('data'),
      usesDataDir: true,
      secretKeys: null,
      database: { provider: 'sqlite', file: path.resolve('data/stele.db') },
      storage: { driver: 'filesystem', dataDir: path.resolve('data') },
      adminPassword: null,
      adminAccessKey: null,
      domain: 'localhost',
      publicUrl: null,
      trustedProxies: [],
      makeExample: true,
      singleSignOn: null,
      maintenance: {
        collectionIntervalHours: 24,
        graceHours: 24,
        uploadExpiryHours: 24,
        scrubIntervalHours: 168,
        scrubMibPerSecond: 20,
        verifyHours: 24,
      },
      witnesses: [],
      tokenMinutes: 5,
      reserveMib: 16,
      sessions: { idleHours: 12, maxDays: 30 },
      drainSeconds: 0,
      stopTimeoutSeconds: 25,
      metricsToken: null,
      logLevel: 'info',
      logFormat: null,
    })
  })

  test('an empty value means not set', () => {
    expect(parseConfig({ PORT: '', STELE_DOMAIN: '' })).toMatchObject({ port: 3000, domain: 'localhost' })
  })

  test('trusted proxies are a list', () => {
    const { trustedProxies } = parseConfig({ STELE_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,fd00::1,' })
    expect(trustedProxies).toEqual(['loopback', '10.0.0.0/8', 'fd00::1'])
  })

  test('a bucket is on AWS, or with the bucket in the path on another store', () => {
    const s3 = { STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs' }
    expect(parseConfig({ ...s3, STELE_S3_REGION: 'eu-central-1' }).storage).toEqual({
      driver: 's3',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      bucket: 'blobs',
      prefix: '',
      pathStyle: false,
      clientEndpoint: null,
    })
    const elsewhere = { ...s3, STELE_S3_ENDPOINT: 'http://store:9000', STELE_S3_PREFIX: 'a/b' }
    expect(parseConfig(elsewhere).storage).toMatchObject({ prefix: 'a/b/', pathStyle: true })
    expect(parseConfig({ ...elsewhere, STELE_S3_PREFIX: 'a/', STELE_S3_PATH_STYLE: 'false' }).storage).toMatchObject({
      prefix: 'a/',
      pathStyle: false,
    })
  })

  describe('a secret key', () => {
    const base64 = 'ZTJlLXNlY3JldC1rZXktMDEyMzQ1Njc4OWFiY2RlZmdoaWo='
    const hex = Buffer.from(base64, 'base64').subarray(0, 32).toString('hex')
    const shared = { STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs', DATABASE_URL: 'postgresql://db/stele' }

    test('is in base64 or hexadecimal, and appears in no text that is made of the settings', () => {
      const config = parseConfig({ STELE_SECRET_KEY: base64, STELE_SECRET_KEY_PREVIOUS: hex })
      expect(config.secretKeys?.current.export().toString('base64')).toBe(base64)
      expect(config.secretKeys?.previous?.export().toString('hex')).toBe(hex)
      const shown = `${JSON.stringify(config)}${inspect(config, { depth: 9, showHidden: true })}`
      for (const text of [base64, hex, 'e2e-secret', '65 32 65 2d']) expect(shown).not.toContain(text)
    })

    test('with PostgreSQL and S3 is required, and then nothing is in the data folder', () => {
      expect(() => parseConfig(shared)).toThrow(/^STELE_SECRET_KEY: is required with PostgreSQL and STELE_STORAGE=s3/)
      expect(parseConfig({ ...shared, STELE_SECRET_KEY: base64 }).usesDataDir).toBe(false)
    })

    test.each([
      ['SQLite', { STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs' }],
      ['blobs in the folder', { DATABASE_URL: 'postgresql://db/stele' }],
    ])('with %s needs the data folder still', (_, env) => {
      expect(parseConfig({ ...env, STELE_SECRET_KEY: base64 }).usesDataDir).toBe(true)
    })

    test.each([
      ['too short', Buffer.from(base64, 'base64').subarray(0, 31).toString('base64')],
      ['a password', 'correct horse battery staple correct horse battery'],
      ['the same byte again and again', Buffer.alloc(32, 7).toString('base64')],
      ['digits of one byte', '7'.repeat(64)],
    ])('that is %s is refused without being named', (_, text) => {
      for (const name of ['STELE_SECRET_KEY', 'STELE_SECRET_KEY_PREVIOUS']) {
        let message = ''
        try {
          parseConfig({ STELE_SECRET_KEY: base64, [name]: text })
        } catch (error) {
          message = (error as Error).message
        }
        expect(message).toBe(
          `${name}: must be at least 32 random bytes in base64 or hexadecimal, as \`openssl rand -base64 32\` prints them`,
        )
      }
    })

    test('of before needs the one of now', () => {
      expect(() => parseConfig({ STELE_SECRET_KEY_PREVIOUS: base64 })).toThrow(/^STELE_SECRET_KEY: is required too/)
    })
  })

  test('clients are sent to the store when that is set, at its own address or another one', () => {
    const s3 = { STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs', STELE_S3_REDIRECT: 'true' }
    expect(parseConfig(s3).storage).toMatchObject({ clientEndpoint: 'https://s3.us-east-1.amazonaws.com' })
    const internal = { ...s3, STELE_S3_ENDPOINT: 'http://minio:9000' }
    expect(parseConfig(internal).storage).toMatchObject({ clientEndpoint: 'http://minio:9000' })
    const open = { ...internal, STELE_S3_PUBLIC_ENDPOINT: 'https://s3.example.com' }
    expect(parseConfig(open).storage).toMatchObject({
      endpoint: 'http://minio:9000',
      clientEndpoint: 'https://s3.example.com',
    })
  })

  describe('witnesses', () => {
    const key = (name: string, type: 'note' | 'cosignature' = 'cosignature') =>
      verifierKey(name, type, generateKeyPairSync('ed25519').privateKey).text
    const one = key('witness.example/one')

    test('are keys with addresses', () => {
      const text = `${one} https://witness.example/one/,\n ${key('two')}  http://10.0.0.1:7380 ,`
      const { witnesses } = parseConfig({ STELE_LOG_WITNESSES: text })
      expect(witnesses.map((witness) => [witness.key.name, witness.url])).toEqual([
        ['witness.example/one', 'https://witness.example/one'],
        ['two', 'http://10.0.0.1:7380'],
      ])
    })

    test.each([
      [one, /must be <verifier key> <URL>, …: each witness is <verifier key> <URL>, separated by commas$/],
      [`${one} https://a https://b`, /each witness is <verifier key> <URL>/],
      [
        `${one.replace(/\+[0-9a-f]{8}/, '+00000000')} https://a`,
        /the key of witness.example\/one: its id is not the one/,
      ],
      ['key https://a', /the key of key: it is not a key of the form/],
      [`${key('log', 'note')} https://a`, /the key of log is not one for cosignatures/],
      [`${one} ftp://a`, /the address of witness.example\/one must be http/],
      [`${one} https://user:secret@a`, /the address of witness.example\/one must be http/],
      [`${one} https://a/?b`, /the address of witness.example\/one must be http/],
      [`${one} https://a, ${key('witness.example/one')} https://b`, /witness.example\/one is there twice$/],
      [Array.from({ length: 17 }, (_, n) => `${key(`w${n}`)} https://a`).join(), /there are at most 16 witnesses$/],
    ])('%s is refused in one line', (text, message) => {
      expect(() => parseConfig({ STELE_LOG_WITNESSES: text })).toThrow(/^STELE_LOG_WITNESSES: /)
      expect(() => parseConfig({ STELE_LOG_WITNESSES: text })).toThrow(message)
    })
  })

  test('single sign-on has a provider, and groups as lists', () => {
    const provider = {
      STELE_OIDC_ISSUER: 'https://login.example.com/realms/main',
      STELE_OIDC_CLIENT_ID: 'stele',
      STELE_OIDC_CLIENT_SECRET: 'a secret',
    }
    const { singleSignOn } = parseConfig({ ...provider, STELE_OIDC_ADMIN_GROUPS: 'owners, platform ,' })
    expect(singleSignOn).toEqual({
      issuer: 'https://login.example.com/realms/main',
      clientId: 'stele',
      clientSecret: 'a secret',
      name: 'Single Sign-On',
      scopes: ['openid', 'profile', 'email'],
      userNameClaim: null,
      groupsClaim: 'groups',
      adminGroups: ['owners', 'platform'],
      memberGroups: [],
    })
  })

  test.each([
    [{ STELE_OIDC_ISSUER: 'https://login.example.com' }, /^STELE_OIDC_CLIENT_ID: is required too/],
    [{ STELE_OIDC_CLIENT_ID: 'a', STELE_OIDC_CLIENT_SECRET: 'b' }, /^STELE_OIDC_ISSUER: is required too/],
    [{ STELE_OIDC_ISSUER: 'http://login.example.com' }, /^STELE_OIDC_ISSUER: must be https:/],
    [{ STELE_OIDC_ISSUER: 'http://localhost.example.com' }, /^STELE_OIDC_ISSUER: must be https:/],
    [{ STELE_OIDC_SCOPES: 'profile' }, /^STELE_OIDC_SCOPES: must be scopes .* including openid$/],
    [{ STELE_TRUSTED_PROXIES: 'proxy.example.com' }, /^STELE_TRUSTED_PROXIES: must be addresses and ranges/],
    [{ STELE_TRUSTED_PROXIES: '10.0.0.0/33' }, /^STELE_TRUSTED_PROXIES: must be addresses and ranges/],
    [{ STELE_TRUSTED_PROXIES: '0.0.0.0/0' }, /^STELE_TRUSTED_PROXIES: must be addresses and ranges/],
    [{ PORT: 'eighty' }, /^PORT: must be /],
    [{ PORT: '70000' }, /^PORT: must be /],
    [{ STELE_ADMIN_PASSWORD: 'short' }, /^STELE_ADMIN_PASSWORD: must be 12 to 256 characters without control/],
    [{ STELE_ADMIN_PASSWORD: 'x'.repeat(257) }, /^STELE_ADMIN_PASSWORD: must be 12 to 256/],
    [{ STELE_ADMIN_PASSWORD: 'long-enough-\u0007-bell' }, /^STELE_ADMIN_PASSWORD: must be 12 to 256/],
    [{ STELE_ADMIN_ACCESS_KEY_ID: 'LTAIexample' }, /^STELE_ADMIN_ACCESS_KEY_SECRET: is required too/],
    [{ STELE_ADMIN_ACCESS_KEY_SECRET: 'x'.repeat(20) }, /^STELE_ADMIN_ACCESS_KEY_ID: is required too/],
    [{ STELE_STORAGE: 'floppy' }, /^STELE_STORAGE: must be filesystem or s3$/],
    [{ STELE_STORAGE: 's3' }, /^STELE_S3_BUCKET: is required too/],
    [{ STELE_S3_BUCKET: 'No' }, /^STELE_S3_BUCKET: must be the name of a bucket$/],
    [{ STELE_S3_ENDPOINT: 's3.example.com' }, /^STELE_S3_ENDPOINT: must be http/],
    [{ STELE_S3_PREFIX: 'a/../b' }, /^STELE_S3_PREFIX: must be letters/],
    [
      { STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs', STELE_S3_PUBLIC_ENDPOINT: 'https://s3.example.com' },
      /^STELE_S3_REDIRECT: must be true/,
    ],
    [
      {
        ...{ STELE_STORAGE: 's3', STELE_S3_BUCKET: 'blobs', STELE_S3_PATH_STYLE: 'false' },
        STELE_S3_ENDPOINT: 'http://10.0.0.1:9000',
      },
      /^STELE_S3_PATH_STYLE: must be true/,
    ],
    [{ STELE_S3_PREFIX: '/a' }, /^STELE_S3_PREFIX: must be letters/],
    [{ DATABASE_URL: 'mysql://db' }, /^DATABASE_URL: must be file:/],
    [{ STELE_PUBLIC_URL: 'https://x/y' }, /^STELE_PUBLIC_URL: must be http/],
    [{ STELE_PUBLIC_URL: 'https://x:443443' }, /^STELE_PUBLIC_URL: must be http/],
    [{ STELE_PUBLIC_URL: 'https://user@x' }, /^STELE_PUBLIC_URL: must be http/],
    [{ STELE_PUBLIC_URL: 'https://x"' }, /^STELE_PUBLIC_URL: must be http/],
    [{ STELE_PUBLIC_URL: 'https://a b' }, /^STELE_PUBLIC_URL: must be http/],
    [{ STELE_DOMAIN: 'Exa_mple' }, /^STELE_DOMAIN: must be a domain name/],
    [{ STELE_EXAMPLE: 'yes' }, /^STELE_EXAMPLE: must be true or false$/],
    [{ STELE_GC_INTERVAL_HOURS: '1.5' }, /^STELE_GC_INTERVAL_HOURS: must be a whole number from 0 to 8760$/],
    [{ STELE_GC_GRACE_HOURS: '0' }, /^STELE_GC_GRACE_HOURS: must be a whole number from 1 to 8760$/],
    [{ STELE_UPLOAD_EXPIRY_HOURS: 'never' }, /^STELE_UPLOAD_EXPIRY_HOURS: must be a whole number/],
    [{ STELE_SCRUB_INTERVAL_HOURS: '-1' }, /^STELE_SCRUB_INTERVAL_HOURS: must be a whole number/],
    [{ STELE_SCRUB_MIB_PER_SECOND: '0' }, /^STELE_SCRUB_MIB_PER_SECOND: must be a whole number from 1 to 10000$/],
    [{ STELE_STOP_TIMEOUT_SECONDS: '-1' }, /^STELE_STOP_TIMEOUT_SECONDS: must be a whole number from 0 to 3600$/],
    [{ STELE_METRICS_TOKEN: 'short' }, /^STELE_METRICS_TOKEN: must be at least 16 visible ASCII characters/],
    [{ STELE_LOG_LEVEL: 'loud' }, /^STELE_LOG_LEVEL: must be one of trace/],
    [{ STELE_LOG_FORMAT: 'xml' }, /^STELE_LOG_FORMAT: must be one of json, text/],
    [{ STELE_DATADIR: '/x' }, /^STELE_DATADIR: there is no such setting/],
  ])('%o is refused in one line', (env, message) => {
    expect(() => parseConfig(env)).toThrow(message)
  })
})
