// Realistic data for pictures of the console, created through the REST API and the registry API, like any client.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { pushHostileImages, pushRealImages } from './sample-images.mjs'

const json = 'application/json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const configType = 'application/vnd.oci.image.config.v1+json'
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'

const MiB = 1024 * 1024

const description = `A small HTTP service that the acceptance tests deploy to every cluster before a release is promoted.

### Tags

- \`v1.2.3\`: releases, for two platforms
- \`latest\`: the newest release; never deploy from it
- \`2026-11-20-a41c9e7\`: one for each merged change
`

const otherInstances = [
  {
    name: 'platform-prod',
    regionId: 'cn-hangzhou',
    specification: 'Enterprise_Advanced',
    repositories: ['gateway', 'auth', 'billing'],
  },
  {
    name: 'edge-mirror',
    regionId: 'cn-hangzhou',
    specification: 'Enterprise_Basic',
    repositories: ['alpine', 'nginx'],
  },
  {
    name: 'ml-images',
    regionId: 'cn-hangzhou',
    specification: 'Enterprise_Advanced',
    repositories: ['trainer', 'notebook'],
  },
  { name: 'analytics', regionId: 'cn-beijing', specification: 'Enterprise_Standard' },
  { name: 'staging', regionId: 'cn-beijing', specification: 'Enterprise_Basic' },
  { name: 'storefront', regionId: 'cn-shanghai', specification: 'Enterprise_Advanced' },
  { name: 'apac-prod', regionId: 'ap-southeast-1', specification: 'Enterprise_Advanced' },
  { name: 'eu-prod', regionId: 'eu-central-1', specification: 'Enterprise_Advanced' },
  { name: 'us-prod', regionId: 'us-east-1', specification: 'Enterprise_Advanced' },
]

const namespaces = [
  { name: 'payments', defaultTagImmutability: true },
  { name: 'platform', defaultRepositoryType: 'PUBLIC', defaultTagImmutability: true },
  { name: 'web', autoCreateRepository: true },
  { name: 'data', autoCreateRepository: true, defaultTagImmutability: true },
]

/** `tags`: number of tags; `layerMiB`: the size of each tag's own layer. */
const repositories = [
  { namespace: 'payments', name: 'ledger-api', tagImmutability: true, tags: 6, layerMiB: 3 },
  { namespace: 'payments', name: 'settlement-worker', tagImmutability: true, tags: 5, layerMiB: 2 },
  { namespace: 'payments', name: 'reports/monthly', tags: 2, layerMiB: 1 },
  { namespace: 'web', name: 'storefront', tags: 4, layerMiB: 4 },
  { namespace: 'web', name: 'checkout', tags: 3, layerMiB: 2 },
  { namespace: 'web', name: 'image-resizer', tags: 2, layerMiB: 1 },
  { namespace: 'platform', name: 'base-node', type: 'PUBLIC', tagImmutability: true, tags: 4, layerMiB: 6 },
  { namespace: 'platform', name: 'base-python', type: 'PUBLIC', tagImmutability: true, tags: 3, layerMiB: 5 },
  { namespace: 'platform', name: 'ingress', tagImmutability: true, tags: 3, layerMiB: 1 },
  { namespace: 'data', name: 'spark-runtime', tagImmutability: true, tags: 2, layerMiB: 9 },
  { namespace: 'data', name: 'feature-store', tags: 0, layerMiB: 1 },
  { namespace: 'test', name: 'toolbox', type: 'PUBLIC', tags: 1, layerMiB: 1 },
]

/** A repository with the longest name that people give one. */
const hostilePath = 'data/platform-team-service-with-a-name-that-is-as-long-as-it-gets/and-a-second-part-of-it'

const users = [
  { name: 'li.na', displayName: '李娜', role: 'ADMINISTRATOR' },
  { name: 'wang.wei', displayName: '王伟' },
  { name: 'm.garcia', displayName: 'María García' },
  { name: 'o.brien', displayName: 'Siobhán O’Brien', isDisabled: true },
  { name: 'deploy', displayName: 'Deployments' },
]

/** A grant is for the narrowest object that is named. */
const grants = [
  { user: 'wang.wei', permission: 'PULL' },
  { user: 'wang.wei', namespace: 'payments', permission: 'MANAGE' },
  { user: 'm.garcia', namespace: 'payments', repository: 'ledger-api', permission: 'PUSH' },
  { user: 'm.garcia', namespace: 'web', permission: 'PUSH' },
  { user: 'o.brien', namespace: 'data', permission: 'PUSH' },
  { user: 'deploy', permission: 'PULL' },
]

const robots = [
  { name: 'ci', description: 'Builds of every team', grants: [{ permission: 'PUSH' }] },
  { name: 'argo-cd', description: 'Clusters pull with it', grants: [{ permission: 'PULL' }], days: 90 },
  { name: 'mirror', description: 'Nightly copy of the base images', grants: [], days: 12, isDisabled: true },
]

const exampleTags = [
  { tag: 'v1', platforms: ['amd64'] },
  { tag: 'v1.2', platforms: ['amd64', 'arm64'] },
  { tag: 'v1.2.3', platforms: ['amd64', 'arm64'], sameAs: 'v1.2' },
  { tag: 'v1.8.4', platforms: ['amd64', 'arm64'] },
  { tag: 'dev', platforms: ['amd64'] },
  { tag: 'v1.9.2', platforms: ['amd64', 'arm64', 'riscv64'] },
  { tag: 'v1.9', platforms: ['amd64', 'arm64'] },
  { tag: 'v1.9.3', platforms: ['amd64', 'arm64'], sameAs: 'v1.9' },
  { tag: '2026-11-20-a41c9e7', platforms: ['amd64'] },
  { tag: 'nightly', platforms: ['amd64'] },
  { tag: 'latest', platforms: ['amd64', 'arm64'], sameAs: 'v1.9' },
  { tag: 'v2.0.0-rc.1', platforms: ['amd64', 'arm64'] },
]

/**
 * Fills a new server. `accessKey` is `<id>:<secret>` of an administrator, `user` is `<name>:<password>` of the same
 * administrator; the password is valid at the default instance, and is set at the others. Returns the ids of the
 * default instance, of its repository `test/example`, of an empty instance, and of a user, and the path of a repository
 * with the longest names.
 */
export async function makeSampleData({ origin, accessKey, user }) {
  const api = client(`${origin}/api/v1`, accessKey)
  const registry = client(`${origin}/v2`, user)

  const [example] = (await api('GET', '/instances')).items
  let emptyInstanceId
  for (const { repositories: names, ...instance } of otherInstances) {
    const made = await api('POST', '/instances', instance)
    if (names === undefined) emptyInstanceId = made.id
    else {
      const [, ...password] = user.split(':')
      await api('PUT', `/instances/${made.id}/credentials/password`, { password: password.join(':') })
      await fillInstance(api, client(`${origin}/v2`, user, made.endpoints.internet), made.id, names)
    }
  }
  for (const namespace of namespaces) await api('POST', `/instances/${example.id}/namespaces`, namespace)
  for (const { tags, layerMiB, ...repository } of repositories) {
    await api('POST', `/instances/${example.id}/repositories`, repository)
    const path = `${repository.namespace}/${repository.name}`
    for (let number = 1; number <= tags; number += 1) {
      await pushImage(registry, path, { tag: `v1.${number}.0`, platforms: ['amd64'], sizeMiB: layerMiB })
    }
  }
  for (const { tag, platforms, sameAs } of exampleTags) {
    await pushImage(registry, 'test/example', { tag, platforms, seed: sameAs ?? tag, sizeMiB: 4 })
  }
  await pushRealImages(registry, 'web/shop')
  await pushHostileImages(registry, hostilePath)
  const [repository] = (await api('GET', `/instances/${example.id}/repositories?namespace=test&name=example`)).items
  await api('PATCH', `/repositories/${repository.id}`, {
    summary: 'Demo service used by the platform acceptance tests',
    description,
  })
  const userId = await makeUsers(api, example.id)
  const robot = await makeCredentials(api, example.id)
  await makeMoves(api, registry, client(`${origin}/v2`, robot), example.id)
  await makeRuns(api, registry)
  return { instanceId: example.id, repositoryId: repository.id, emptyInstanceId, userId, hostilePath }
}

/** Creates some users and their grants in an instance. Returns the id of one of them. */
async function makeUsers(api, instanceId) {
  const ids = new Map()
  for (const user of users) {
    const { id } = await api('POST', '/users', { password: 'only-for-the-pictures', ...user })
    ids.set(user.name, id)
  }
  for (const { user, namespace, repository, permission } of grants) {
    const scopeId = await findScope(api, instanceId, namespace, repository)
    await api('POST', '/grants', { subjectId: ids.get(user), scopeId, permission })
  }
  return ids.get('wang.wei')
}

/**
 * Creates credentials for automation and for a user in an instance, and a change for the audit trail. Returns
 * `<name>:<secret>` of a robot that may push.
 */
async function makeCredentials(api, instanceId) {
  let pusher
  for (const { days, isDisabled, ...robot } of robots) {
    const expiresAt = days === undefined ? null : new Date(Date.now() + days * 86_400_000).toISOString()
    const grants = robot.grants.map((grant) => ({ scopeId: instanceId, ...grant }))
    const { id, userName, secret } = await api('POST', `/instances/${instanceId}/robots`, {
      ...robot,
      expiresAt,
      grants,
    })
    pusher ??= `${userName}:${secret}`
    if (isDisabled) await api('PATCH', `/robots/${id}`, { isDisabled })
  }
  await api('POST', `/instances/${instanceId}/credentials/temporary-token`, { hours: 8 })
  await api('POST', '/access-keys', {})
  await api('PATCH', `/instances/${instanceId}`, { allowAnonymousPull: true })
  return pusher
}

/** Moves tags, has pushes refused, opens a tag and reserves a name, as a robot and an administrator do. */
async function makeMoves(api, registry, robot, instanceId) {
  for (let number = 1; number <= 4; number += 1) {
    await pushImage(robot, 'test/example', {
      tag: 'nightly',
      platforms: ['amd64'],
      seed: `night ${number}`,
      sizeMiB: 1,
    })
  }
  await pushImage(registry, 'test/example', { tag: 'dev', platforms: ['amd64'], seed: 'another dev', sizeMiB: 1 })

  const ofLedger = `/repositories/${await findScope(api, instanceId, 'payments', 'ledger-api')}`
  await pushImage(robot, 'payments/ledger-api', { tag: 'latest', platforms: ['amd64'], sizeMiB: 1 })
  await pushImage(robot, 'payments/ledger-api', { tag: 'pr-1182', platforms: ['amd64'], sizeMiB: 1 })
  await api('PATCH', ofLedger, { immutability: { exemptTags: ['latest', 'pr-*', 'dev-*'] } })
  for (const tag of ['v1.1.0', 'v1.5.0', 'v1.5.0']) {
    const push = pushImage(robot, 'payments/ledger-api', {
      tag,
      platforms: ['amd64'],
      seed: `again ${tag}`,
      sizeMiB: 1,
    })
    await push.catch((error) => {
      if (!error.message.includes('cannot be overwritten')) throw error
    })
  }
  await api('POST', `${ofLedger}/immutability/openings`, {
    tag: 'v1.5.0',
    reason: 'To rebuild after CVE-2026-31337',
    minutes: 60,
  })
  await api('DELETE', `${ofLedger}/tags/v1.3.0?reason=Contained%20customer%20data`)
}

async function findScope(api, instanceId, namespace, repository) {
  if (namespace === undefined) return instanceId
  const of = `/instances/${instanceId}`
  const found =
    repository === undefined
      ? await api('GET', `${of}/namespaces?search=${namespace}`)
      : await api('GET', `${of}/repositories?namespace=${namespace}&name=${repository}`)
  return found.items[0].id
}

/** Creates some garbage, the runs that count and free it, and a scrub. */
async function makeRuns(api, registry) {
  for (let number = 1; number <= 3; number += 1) {
    const bytes = Buffer.alloc(number * 2 * MiB, `garbage ${number}\n`)
    await pushBlob(registry, 'test/example', bytes, layerType)
  }
  await run(api, '/garbage-collections', {})
  await run(api, '/garbage-collections', { isDryRun: true, graceSeconds: 0 })
  await run(api, '/garbage-collections', { graceSeconds: 0 })
  await run(api, '/scrubs', {})
}

/** Starts a run and waits until it ends. */
async function run(api, path, body) {
  const { id } = await api('POST', path, body)
  while ((await api('GET', `${path}/${id}`)).state === 'RUNNING') await wait(50)
}

/** Creates some repositories in one namespace, each with two images. */
async function fillInstance(api, registry, instanceId, names) {
  await api('POST', `/instances/${instanceId}/namespaces`, { name: 'base', autoCreateRepository: true })
  for (const name of names) {
    for (const tag of ['v1.0.0', 'v1.1.0']) {
      await pushImage(registry, `base/${name}`, { tag, platforms: ['amd64'], sizeMiB: name.length })
    }
  }
}

/** Pushes an image, or an index of images for several platforms. The same seed gives the same bytes. */
async function pushImage(registry, path, { tag, platforms, seed = `${path}:${tag}`, sizeMiB }) {
  const images = []
  for (const architecture of platforms) {
    const layer = Buffer.alloc(Math.round(sizeMiB * MiB * 0.9 + seed.length * 9973), `${seed} ${architecture}\n`)
    const config = Buffer.from(
      JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } }),
    )
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: await pushBlob(registry, path, config, configType),
      layers: [await pushBlob(registry, path, layer, layerType)],
    }
    images.push({ architecture, body: Buffer.from(JSON.stringify(manifest)) })
  }
  if (images.length === 1) {
    await registry('PUT', `/${path}/manifests/${tag}`, images[0].body, manifestType)
    return
  }
  const manifests = []
  for (const { architecture, body } of images) {
    const digest = digestOf(body)
    await registry('PUT', `/${path}/manifests/${digest}`, body, manifestType)
    manifests.push({ mediaType: manifestType, digest, size: body.length, platform: { architecture, os: 'linux' } })
  }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
  await registry('PUT', `/${path}/manifests/${tag}`, index, indexType)
}

async function pushBlob(registry, path, bytes, mediaType) {
  const digest = digestOf(bytes)
  await registry('POST', `/${path}/blobs/uploads/?digest=${digest}`, bytes, 'application/octet-stream')
  return { mediaType, digest, size: bytes.length }
}

function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** `host`: the Host header, if it differs from the host of `base`. (`fetch` would not send it.) */
function client(base, credentials, host) {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
  return async (method, path, body, type = json) => {
    const headers = {
      authorization,
      'user-agent': 'docker/28.2.2 go/go1.24',
      ...(host && { host }),
      ...(body && { 'content-type': type }),
    }
    const call = request(base + path, { method, headers })
    call.end(type === json && body ? JSON.stringify(body) : body)
    const [response] = await once(call, 'response')
    const answer = await text(response)
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`)
    return response.headers['content-type']?.startsWith(json) ? JSON.parse(answer) : answer
  }
}
