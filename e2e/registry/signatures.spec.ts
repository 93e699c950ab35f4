import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { Api } from '../api'
import type { HomeClient } from '../clients/go-clients'
import { expect, pushImage, test } from '../fixtures'
import type { ServerInfo } from '../server'
import { send } from './http'

const http = '--allow-http-registry'

/** Without a public service: no certificate, no transparency log. */
const signing = ['--use-signing-config=false', '--tlog-upload=false', '--yes', http]
const verifying = ['--insecure-ignore-tlog', http]

/** How cosign stores a signature: as a referrer, or as it did before, under a tag of its own. */
const formats = {
  'as referrers': [],
  'under its own tags': ['--new-bundle-format=false'],
}

test.beforeEach(async ({ cosign, server }) => {
  const { name, password } = server.admin
  await cosign.run(['login', '--username', name, '--password-stdin', server.registry], password)
})

for (const [where, format] of Object.entries(formats)) {
  test.describe(`cosign, ${where}`, () => {
    for (const tagImmutability of [false, true]) {
      test(`signs an image of ${tagImmutability ? 'an immutable' : 'a'} repository, more than once`, async ({
        api,
        cosign,
        server,
      }) => {
        const path = await createRepository(api, { tagImmutability })
        const digest = await pushImage(server, path, 'v1')
        const image = `${server.registry}/${path}@${digest}`
        for (const key of ['first', 'second', 'stranger']) await generateKey(cosign, key)

        for (const key of ['first', 'second']) {
          await cosign.run(['sign', '--key', `${key}.key`, ...signing, ...format, image])
        }

        const verify = (key: string) =>
          cosign.attempt(['verify', '--key', `${key}.pub`, ...verifying, ...format, image])
        expect(await verify('first')).toMatchObject({ code: 0 })
        expect(await verify('second')).toMatchObject({ code: 0 })
        const refused = await verify('stranger')
        expect(refused.stderr).toContain('no matching')
        expect(refused.code).not.toBe(0)
        expect(await tagsOf(server, path)).toEqual(format.length === 0 ? ['v1'] : [signatureTag(digest), 'v1'])
      })
    }

    test('attests something of an image of an immutable repository', async ({ api, cosign, server }) => {
      const path = await createRepository(api, { tagImmutability: true })
      const image = `${server.registry}/${path}@${await pushImage(server, path, 'v1')}`
      await generateKey(cosign, 'key')
      await cosign.writeFile('predicate.json', '{"built":"here"}')

      const predicate = ['--type', 'custom', '--predicate', 'predicate.json']
      await cosign.run(['attest', '--key', 'key.key', ...predicate, ...signing, ...format, image])

      const verified = await cosign.run([
        ...['verify-attestation', '--key', 'key.pub', '--type', 'custom'],
        ...[...verifying, ...format, image],
      ])
      const { payload } = JSON.parse(verified) as { payload: string }
      const statement: unknown = JSON.parse(Buffer.from(payload, 'base64').toString())
      expect(statement).toMatchObject({ predicate: { Data: '{"built":"here"}' } })
    })
  })
}

test('a signature that has its own tag can be taken away, unless the repository is immutable', async ({
  api,
  cosign,
  server,
}) => {
  const sign = ['sign', '--key', 'key.key', ...signing, ...formats['under its own tags']]
  const clean = ['clean', '--type', 'signature', '--force', http]
  const open = await createRepository(api)
  const immutable = await createRepository(api, { tagImmutability: true })
  await generateKey(cosign, 'key')
  const digest = await pushImage(server, open, 'v1')
  await pushImage(server, immutable, 'v1')
  for (const path of [open, immutable]) await cosign.run([...sign, `${server.registry}/${path}@${digest}`])

  await cosign.run([...clean, `${server.registry}/${open}:v1`])
  const refused = await cosign.attempt([...clean, `${server.registry}/${immutable}:v1`])

  expect(refused.stderr).toContain('The requested tag is immutable and cannot be deleted.')
  expect(await tagsOf(server, open)).toEqual(['v1'])
  expect(await tagsOf(server, immutable)).toEqual([signatureTag(digest), 'v1'])
})

test('an image is copied with its signatures', async ({ api, cosign, server }) => {
  const from = await createRepository(api)
  const to = await createRepository(api)
  const digest = await pushImage(server, from, 'v1')
  await generateKey(cosign, 'key')
  const format = formats['under its own tags']
  await cosign.run(['sign', '--key', 'key.key', ...signing, ...format, `${server.registry}/${from}@${digest}`])

  await cosign.run(['copy', http, `${server.registry}/${from}:v1`, `${server.registry}/${to}:v1`])

  await cosign.run(['verify', '--key', 'key.pub', ...verifying, ...format, `${server.registry}/${to}:v1`])
})

/** Writes `<name>.key` and `<name>.pub`. */
async function generateKey(cosign: HomeClient, name: string): Promise<void> {
  await cosign.run(['generate-key-pair', '--output-key-prefix', name])
}

async function createRepository(api: Api, settings: Partial<RepositoryView> = {}): Promise<string> {
  const { namespace, name } = await api.createRepository(settings)
  return `${namespace}/${name}`
}

/** Where cosign keeps the signatures of an image, unless as referrers. */
function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`
}

async function tagsOf(server: ServerInfo, path: string): Promise<string[]> {
  const { body } = await send(server, 'GET', `/v2/${path}/tags/list`)
  return (JSON.parse(body.toString()) as { tags: string[] }).tags
}
