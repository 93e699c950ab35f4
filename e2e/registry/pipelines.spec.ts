import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { expect, pushImage, test, uniqueName } from '../fixtures'

/* The line of docs/pipelines.md, run as it stands there. */

test('a pipeline asks with the credential of its robot whether a push would be taken', async ({ api, server }) => {
  const [line = ''] = /^curl .*$/m.exec(await readFile('docs/pipelines.md', 'utf8')) ?? []
  const { id, namespace, name } = await api.createRepository({ tagImmutability: true })
  await pushImage(server, `${namespace}/${name}`, 'v1')
  const { id: instanceId } = await api.defaultInstance()
  const robot = await api.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, {
    name: uniqueName('ci'),
    expiresAt: null,
    grants: [{ scopeId: id, permission: 'PUSH' }],
  })
  const ask = (tag: string, changes: Record<string, string> = {}) =>
    exitCodeOf(line, {
      STELE_USER: robot.userName,
      STELE_SECRET: robot.secret,
      STELE_URL: server.url,
      REPOSITORY_ID: id,
      TAG: tag,
      ...changes,
    })

  expect(await ask('v2')).toBe(0)
  expect(await ask('v1')).not.toBe(0)
  expect(await ask('v2', { STELE_SECRET: 'wrong' })).not.toBe(0)
  expect(await ask('v2', { STELE_URL: 'http://127.0.0.1:9' })).not.toBe(0)
})

function exitCodeOf(line: string, variables: Record<string, string>): Promise<number | null> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', line], { env: { ...process.env, ...variables } })
    child.on('exit', resolve)
  })
}
