import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { Api, basic } from '../api'
import { expect, pushImage, test } from '../fixtures'
import { listTree } from '../processes'
import { whyNoReadOnlySystem, withoutWritableFolder } from '../read-only'
import type { StartedServer } from '../server'
import { generateBlob } from './generated-blob'
import { send } from './http'

/*
 * With PostgreSQL, S3 and STELE_SECRET_KEY a server writes to no file (docs/scale.md): a container needs no volume, and a
 * second one over the same database is the same registry.
 */

const reason = whyNoReadOnlySystem()
const mebibyte = 1024 * 1024

test('the file systems of these tests really are read-only', () => {
  test.skip(reason !== null, reason ?? '')
  const [program, ...args] = withoutWritableFolder({ sharedMemory: false })
  for (const folder of ['/tmp', '/var/tmp', '/dev/shm', process.cwd()]) {
    expect(spawnSync(program, [...args, 'test', '-w', folder]).status).toBe(1)
  }
})

for (const processes of ['1', '3']) {
  test(`servers that can write nowhere serve, with ${processes} processes`, async ({
    startPrivateServer,
    postgresql,
    s3,
    skopeo,
  }) => {
    test.skip(reason !== null, reason ?? '')
    test.slow()
    const { env } = await s3.createBucket()
    const { databaseUrl = '' } = await postgresql.startOptions('postgresql')
    const start = () =>
      startPrivateServer({
        databaseUrl,
        // Several processes have sockets between them.
        through: withoutWritableFolder({ sharedMemory: processes !== '1' }),
        env: { ...env, STELE_PROCESSES: processes, STELE_DATA_DIR: '/nowhere/data', HOME: '/nowhere', TMPDIR: '/tmp' },
      })
    const [first, second] = await Promise.all([start(), start()])
    const status = await readFile(`/proc/${first.pid}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\s+65534\s/m)
    expect(await listTree(first.pid)).toHaveLength(processes === '1' ? 1 : 4)

    // A client that has the token of one server, and pulls from the other.
    const { namespace, name } = await new Api(first).createRepository()
    const path = `${namespace}/${name}`
    const creds = `${first.admin.name}:${first.admin.password}`
    const image = (of: StartedServer) => `docker://${of.registry}/${path}:v1`
    await skopeo.run([
      ...['copy', '--dest-tls-verify=false', '--dest-creds', creds],
      ...[await skopeo.makeImage('first'), image(first)],
    ])
    await skopeo.run(['inspect', '--tls-verify=false', '--creds', creds, image(second)])
    const token = await send(first, 'GET', `/v2/token?scope=repository:${path}:pull,push`)
    const { token: bearer } = JSON.parse(token.body.toString()) as { token: string }
    const headers = { authorization: `Bearer ${bearer}` }
    expect((await send(second, 'GET', `/v2/${path}/manifests/v1`, { headers })).status).toBe(200)

    // A layer of several parts, begun at one server and ended at the other.
    const layer = generateBlob(path, 20 * mebibyte)
    const started = await send(first, 'POST', `/v2/${path}/blobs/uploads/`, { headers })
    const upload = new URL(started.headers.location ?? '', first.url)
    const half = layer.sizeBytes / 2
    const range = { ...headers, 'content-range': `0-${half - 1}`, 'content-length': String(half) }
    const patched = await send(first, 'PATCH', upload.pathname + upload.search, {
      headers: range,
      body: layer.read(0, half),
    })
    expect(patched.status).toBe(202)
    const rest = new URL(patched.headers.location ?? '', first.url)
    rest.searchParams.set('digest', layer.digest)
    const put = await send(second, 'PUT', rest.pathname + rest.search, { headers, body: layer.read(half) })
    expect(put.status).toBe(201)
    expect(
      (await send(first, 'HEAD', `/v2/${path}/blobs/${layer.digest}`, { headers })).headers['content-length'],
    ).toBe(String(layer.sizeBytes))
    await pushImage(second, path, 'v2')

    // The console, with the session of the other server; and what is sealed: an access key.
    const logOn = await fetch(`${first.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: first.url },
      body: JSON.stringify({ userName: first.admin.name, password: first.admin.password }),
    })
    expect(logOn.status).toBe(201)
    const cookie = (logOn.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
    const value = cookie.slice(cookie.indexOf('='))
    const page = await fetch(`${second.url}/cn-hangzhou/instances`, {
      headers: { cookie: `stele_session_${second.port}${value}` },
      redirect: 'manual',
    })
    expect([page.status, (await page.text()).includes('Instances')]).toEqual([200, true])
    const byKey = await fetch(`${second.url}/api/v1/instances`, {
      headers: { authorization: basic(first.accessKey.id, first.accessKey.secret) },
    })
    expect(byKey.status).toBe(200)

    for (const server of [first, second]) expect(server.output()).not.toMatch(/EROFS|EACCES|ENOENT|read-only/i)
  })
}
