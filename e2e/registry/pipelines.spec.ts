import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { tag } from '@/lib/api/schemas/tags'
import type { Api } from '../api'
import { expect, pushImage, test, uniqueName } from '../fixtures'

/* The lines of docs/pipelines.md, run as they stand there, with the credential of a robot. */

test('a pipeline asks whether a push would be taken', async ({ api, server }) => {
  const { id, namespace, name } = await api.createRepository({ tagImmutability: true })
  await pushImage(server, `${namespace}/${name}`, 'v1')
  const line = await lineWith('/immutability/check')
  const variables = { ...(await robotFor(api, [id], 'PUSH')), STELE_URL: server.url, REPOSITORY_ID: id }
  const ask = (TAG: string, changes = {}) => exitCodeOf(line, { ...variables, TAG, ...changes })

  expect(await ask('v2')).toBe(0)
  expect(await ask('v1')).not.toBe(0)
  expect(await ask('v2', { STELE_SECRET: 'wrong' })).not.toBe(0)
  expect(await ask('v2', { STELE_URL: 'http://127.0.0.1:9' })).not.toBe(0)
})

test('a pipeline promotes an image, once', async ({ api, server }) => {
  const [staging, released] = [await api.createRepository(), await api.createRepository({ tagImmutability: true })]
  const path = `${staging.namespace}/${staging.name}`
  const digest = await pushImage(server, path, 'tested', 'first')
  const line = await lineWith('/tags"')
  const variables = {
    ...(await robotFor(api, [staging.id, released.id], 'PUSH')),
    STELE_URL: server.url,
    STAGING_ID: staging.id,
    STAGING_TAG: 'tested',
    REPOSITORY_ID: released.id,
    TAG: 'v1',
  }

  expect(await exitCodeOf(line, variables)).toBe(0)
  await pushImage(server, path, 'tested', 'second')
  expect(await exitCodeOf(line, variables)).not.toBe(0)

  expect((await api.send('GET', `/repositories/${released.id}/tags/v1`, tag)).digest).toBe(digest)
})

async function lineWith(text: string): Promise<string> {
  const lines = (await readFile('docs/pipelines.md', 'utf8')).split('\n')
  const found = lines.find((line) => line.startsWith('curl ') && line.includes(text))
  if (found === undefined) throw new Error(`docs/pipelines.md has no line with ${text}`)
  return found
}

async function robotFor(api: Api, scopeIds: readonly string[], permission: string): Promise<Record<string, string>> {
  const { id } = await api.defaultInstance()
  const grants = scopeIds.map((scopeId) => ({ scopeId, permission }))
  const body = { name: uniqueName('ci'), expiresAt: null, grants }
  const { userName, secret } = await api.send('POST', `/instances/${id}/robots`, robotWithSecret, body)
  return { STELE_USER: userName, STELE_SECRET: secret }
}

function exitCodeOf(line: string, variables: Readonly<Record<string, string>>): Promise<number | null> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', line], { env: { ...process.env, ...variables } })
    child.on('exit', resolve)
  })
}
