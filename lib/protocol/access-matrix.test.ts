import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Row, nobody } from '@/e2e/access/matrix'
import { basicRows, matrixPaths, repositoryPathOf, tokenRows } from '@/e2e/access/registry'
import { digestOf } from '@/lib/storage/hash'
import {
  TestWorld,
  accessKeyId,
  byAccessKey,
  byPassword,
  besideHost,
  ids,
  image,
  passwords,
  sessionToken,
  subjects,
  temporaryToken,
} from '@/lib/testing/test-world'
import { PlainPasswords, UnlimitedAttempts } from '@/lib/testing/test-context'
import { routes } from './routes'
import { type Answer, type TestRegistry, imageManifestType, startTestRegistry } from '@/lib/testing/test-registry'

/** The credentials of an instance's registry, each with user name and secret. */
const credentials: Readonly<Record<string, (name: string) => readonly [string, string]>> = {
  'registry password': (name) => [name, passwords.registry],
  'temporary token': (name) => ['cr_temp_user', temporaryToken(name)],
  // No robot is an administrator.
  robot: (name) => (name === 'admin' ? ['admin', passwords.registry] : [`robot+${name}`, passwords.robot]),
}

/** Everything that is refused wherever it is shown, by why. */
const refused: Readonly<Record<string, string>> = {
  'a wrong registry password': byPassword('admin', 'wrong-password-1'),
  'an unknown user': byPassword('nobody', passwords.registry),
  'the console’s password': byPassword('admin', passwords.console),
  'the registry password of a disabled user': byPassword('disabled', passwords.registry),
  'the registry password of another instance': byPassword('owner', passwords.registry),
  'a wrong secret of a robot': byPassword('robot+manage-instance', 'wrong-secret'),
  'a disabled robot': byPassword('robot+disabled', passwords.robot),
  'an expired robot': byPassword('robot+expired', passwords.robot),
  'a robot of another instance': byPassword('robot+elsewhere', passwords.robot),
  'a user named as a robot': byPassword('robot+admin', passwords.registry),
  'a robot named as a user': byPassword('manage-instance', passwords.robot),
  'an unknown temporary token': byPassword('cr_temp_user', 'temporary-token-of-nobody'),
  'an expired temporary token': byPassword('cr_temp_user', temporaryToken('expired')),
  'a revoked temporary token': byPassword('cr_temp_user', temporaryToken('revoked')),
  'the temporary token of a disabled user': byPassword('cr_temp_user', temporaryToken('disabled')),
  'a temporary token of another instance': byPassword('cr_temp_user', temporaryToken('elsewhere')),
  'a temporary token under the user’s name': byPassword('admin', temporaryToken('admin')),
  'an access key': byAccessKey('admin'),
  'an access key’s id as a user': byPassword(accessKeyId('admin'), passwords.registry),
  'a console session': `Bearer ${sessionToken('admin')}`,
  'a temporary token as a token': `Bearer ${temporaryToken('admin')}`,
  'no scheme': passwords.registry,
  'an unknown scheme': 'Digest username="admin"',
}

let registry: TestRegistry
let world: TestWorld
let close: () => Promise<void>
let isChanged = false

beforeAll(async () => {
  // How often one may fail and what a hash costs are not the question here: the first would be the answer soon, and
  // thousands of wrong secrets would cost minutes.
  const fakes = { attempts: new UnlimitedAttempts(), passwords: new PlainPasswords() }
  ;({ registry, close } = await startTestRegistry({}, fakes))
  world = new TestWorld(registry.ctx)
  await world.build()
}, 60_000)
afterAll(() => close())

/** A row for one method: `GET,HEAD <template>` is two. */
function byMethod(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => {
    const [methods = '', template = ''] = row.operation.split(' ')
    return methods.split(',').map((method) => ({ ...row, operation: `${method} ${template}` }))
  })
}

const ofBasic = byMethod(basicRows)
const ofToken = byMethod(tokenRows)

const served = routes.flatMap(({ template, operations }) =>
  Object.keys(operations).map((method) => `${method} ${template}`),
)
const ownCredentials = served.filter((operation) => operation.endsWith(' /v2/token'))

test('every method of every route has a row, and every row a route', () => {
  expect([...new Set(ofBasic.map((row) => row.operation))].sort()).toEqual([...served].sort())
})

test('every method of every route has a row for tokens, but those where one gets them', () => {
  const wanted = served.filter((operation) => !ownCredentials.includes(operation))
  expect([...new Set(ofToken.map((row) => row.operation))].sort()).toEqual(wanted.sort())
})

test('no two rows ask the same', () => {
  for (const rows of [ofBasic, ofToken]) {
    const keys = rows.map(({ operation, about }) => `${operation} ${about}`)
    expect(keys).toEqual([...new Set(keys)])
  }
})

describe.each(ofBasic.map((row) => [`${row.operation}, ${row.about}`, row] as const))('%s', (_, row) => {
  for (const [kind, of] of Object.entries(credentials)) {
    test(`by ${kind}`, { timeout: 60_000 }, async () => {
      const actual: Record<string, string> = {}
      for (const caller of subjects) actual[caller] = await ask(row, basicProof(row, of(caller)))
      expectAnswers(actual, Object.fromEntries(subjects.map((caller) => [caller, row.answers.get(caller)])))
    })
  }

  test('by nobody', async () => {
    expectAnswers({ nobody: await ask(row, {}) }, { nobody: row.answers.get(nobody) })
  })

  test('by a credential that does not count', { timeout: 60_000 }, async () => {
    const actual: Record<string, string> = {}
    for (const [why, authorization] of Object.entries(refused))
      actual[why] = await ask(row, refusedProof(row, authorization))
    const expected = Object.fromEntries(Object.keys(refused).map((why) => [why, expectedOfRefused(row, refused[why])]))
    expectAnswers(actual, expected)
  })
})

describe.each(ofToken.map((row) => [`${row.operation}, ${row.about}`, row] as const))('with a token, %s', (_, row) => {
  for (const [kind, of] of Object.entries(credentials)) {
    test(`by ${kind}`, { timeout: 60_000 }, async () => {
      const actual: Record<string, string> = {}
      for (const caller of subjects) actual[caller] = await ask(row, { authorization: await tokenFor(row, of(caller)) })
      expectAnswers(actual, Object.fromEntries(subjects.map((caller) => [caller, row.answers.get(caller)])))
    })
  }

  test('by nobody', async () => {
    const token = row.about.includes('anonymous pull') ? await tokenFor(row, null) : null
    const actual = await ask(row, token === null ? {} : { authorization: token })
    expectAnswers({ nobody: actual }, { nobody: row.answers.get(nobody) })
  })

  test('by a token that does not count', { timeout: 60_000 }, async () => {
    const good = await tokenFor(row, ['admin', passwords.registry])
    const tokens = {
      'an expired token': await expiredToken(row),
      'a token of another instance': await tokenElsewhere(row),
      'a token with another signature': `${good.slice(0, -20)}${'A'.repeat(20)}`,
      'a token with wider scopes': widened(good),
      'an unsigned token': unsigned(good),
    }
    const actual: Record<string, string> = {}
    for (const [why, authorization] of Object.entries(tokens)) actual[why] = await ask(row, { authorization })
    const expected = { ...Object.fromEntries(Object.keys(tokens).map((why) => [why, '401'])), ...ofItsInstance(row) }
    expectAnswers(actual, expected)
  })
})

/** Without a repository, a host of several instances leaves it to the token which of them answers. */
function ofItsInstance({ operation }: Row): Readonly<Record<string, string>> {
  if (operation.includes('{name}')) return {}
  return { 'a token of another instance': operation === 'GET /v2/_catalog' ? 'ok:1' : 'ok' }
}

/*
 * The same answers where the path names the instance, for one kind of credential: the others are found in the same way.
 */
describe('where the path names the instance', () => {
  const rowsWithPath = (rows: readonly Row[]) =>
    rows.filter((row) => repositoryPathOf(row) !== '').map((row) => [`${row.operation}, ${row.about}`, row] as const)
  const prefix = 'i/main.cn-hangzhou/'

  test.each(rowsWithPath(ofBasic))('%s', { timeout: 60_000 }, async (_, row) => {
    const actual: Record<string, string> = { nobody: await ask(row, {}, prefix) }
    for (const caller of subjects)
      actual[caller] = await ask(row, basicProof(row, [caller, passwords.registry]), prefix)
    expectAnswers(actual, Object.fromEntries([nobody, ...subjects].map((caller) => [caller, row.answers.get(caller)])))
  })

  test.each(rowsWithPath(ofToken))('with a token, %s', { timeout: 60_000 }, async (_, row) => {
    const actual: Record<string, string> = {
      'a token of another instance': await ask(row, { authorization: await tokenElsewhere(row) }, prefix),
    }
    for (const caller of subjects) {
      const authorization = await tokenFor(row, [caller, passwords.registry], prefix)
      actual[caller] = await ask(row, { authorization }, prefix)
    }
    const expected = Object.fromEntries(subjects.map((caller) => [caller, row.answers.get(caller)]))
    expectAnswers(actual, { ...expected, 'a token of another instance': '401' })
  })
})

/** Headers of a request, and for POST of a token its form. */
interface Proof {
  readonly authorization?: string
  readonly form?: Readonly<Record<string, string>>
}

const isForm = ({ operation }: Row) => operation === 'POST /v2/token'

function basicProof(row: Row, [username, password]: readonly [string, string]): Proof {
  return isForm(row)
    ? { form: { grant_type: 'password', username, password } }
    : { authorization: byPassword(username, password) }
}

/** What the form cannot say is left out of it. */
function refusedProof(row: Row, authorization: string): Proof {
  const [username, password] = decode(authorization)
  return isForm(row) ? { form: { grant_type: 'password', username, password } } : { authorization }
}

function expectedOfRefused(row: Row, authorization = ''): string {
  return isForm(row) && decode(authorization)[1] === '' ? '400' : '401'
}

function decode(authorization: string): readonly [string, string] {
  const text = authorization.startsWith('Basic ') ? Buffer.from(authorization.slice(6), 'base64').toString() : ''
  const at = text.indexOf(':')
  return at < 0 ? ['', ''] : [text.slice(0, at), text.slice(at + 1)]
}

const scopesOf = (path: string, prefix = '') => (path === '' ? [] : [`repository:${prefix}${path}:pull,push,delete`])

/** `Authorization` with a token for what the row asks, with all that the caller may; null: of the anonymous. */
async function tokenFor(row: Row, proof: readonly [string, string] | null, prefix = ''): Promise<string> {
  await prepare(row)
  const path = row.about.includes('with a token for closed') ? matrixPaths['closed'] : repositoryPathOf(row)
  const catalog = row.about.includes('token') ? [] : ['registry:catalog:*']
  const query = new URLSearchParams([...scopesOf(path ?? '', prefix), ...catalog].map((scope) => ['scope', scope]))
  const headers = proof === null ? {} : { authorization: byPassword(...proof) }
  const { status, json } = await registry.send('GET', `/v2/token?${query}`, { anonymous: true, headers })
  if (status !== 200) throw new Error(`no token: ${status}`)
  return `Bearer ${String(json['token'])}`
}

async function expiredToken(row: Row): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
  try {
    return await tokenFor(row, ['push-instance', passwords.registry])
  } finally {
    vi.useRealTimers()
  }
}

/** Of the same paths, with all that an administrator may there. */
async function tokenElsewhere(row: Row): Promise<string> {
  const query = new URLSearchParams(
    [...scopesOf(repositoryPathOf(row)), 'registry:catalog:*'].map((scope) => ['scope', scope]),
  )
  const headers = { host: besideHost, authorization: byPassword('owner', passwords.registry) }
  const { status, json } = await registry.send('GET', `/v2/token?${query}`, { anonymous: true, headers })
  if (status !== 200) throw new Error(`no token: ${status}`)
  return `Bearer ${String(json['token'])}`
}

function widened(authorization: string): string {
  const [head = '', claims = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  return `Bearer ${head}.${encode({ ...said, exp: Number(said['exp']) + 60 })}.${signature}`
}

function unsigned(authorization: string): string {
  const [, claims = ''] = authorization.replace('Bearer ', '').split('.')
  return `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${claims}.`
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const chunk = Buffer.from('a new blob')

/** Asks once, in the world as the row says, and answers in the table's words. `prefix` stands before all paths. */
async function ask(row: Row, { authorization, form }: Proof, prefix = ''): Promise<string> {
  const [method = '', template = ''] = row.operation.split(' ')
  await prepare(row)
  const path = repositoryPathOf(row)
  const reference = row.about.includes('by digest') ? image.digest : 'v1'
  const target = template
    .replace('{name}', `${prefix}${path}`)
    .replace('{reference}', reference)
    .replace('/blobs/{digest}', `/blobs/${image.layerDigest}`)
    .replace('{digest}', image.digest)
    .replace('{upload}', template.includes('{upload}') ? await startUpload(path) : '')
  const query = new URLSearchParams()
  if (template === '/v2/token' && method === 'GET')
    for (const scope of scopesOf(path, prefix)) query.append('scope', scope)
  if (row.about.includes('mounting')) {
    query.set('mount', image.layerDigest)
    query.set('from', `${prefix}other/secret`)
  }
  if (template.includes('{upload}') && method === 'PUT') query.set('digest', digestOf(chunk))
  const fields = form && new URLSearchParams({ ...form, scope: scopesOf(path, prefix).join(' ') })
  const body = fields?.toString() ?? bodyFor(method, template)
  const type = isForm(row)
    ? 'application/x-www-form-urlencoded'
    : template.includes('manifests')
      ? imageManifestType
      : ''
  const answer = await registry.send(method, query.size === 0 ? target : `${target}?${query}`, {
    anonymous: true,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(type === '' ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  })
  // A push changes nothing that a row asks for, unless it makes a repository.
  const makesRepository = row.about.startsWith('new')
  if (answer.status < 300 && (method === 'DELETE' || (method === 'POST' && makesRepository))) isChanged = true
  return inWords(row, answer)
}

function bodyFor(method: string, template: string): string | Buffer | undefined {
  if (method === 'PATCH' || (method === 'PUT' && template.includes('{upload}'))) return chunk
  if (method === 'PUT') return image.bytes
  return template === '/v2/token' && method === 'POST' ? '' : undefined
}

let allowsAnonymousPull = false
let isImmutable = false

async function prepare({ about }: Row): Promise<void> {
  const { db } = registry.ctx
  if (isChanged) {
    await world.reset()
    isChanged = allowsAnonymousPull = isImmutable = false
  }
  const wanted = { allowAnonymousPull: about.includes('anonymous pull'), tagImmutability: about.includes('immutable') }
  if (wanted.allowAnonymousPull !== allowsAnonymousPull) {
    allowsAnonymousPull = wanted.allowAnonymousPull
    await db.prisma.instance.update({ where: { id: ids.main }, data: { allowAnonymousPull: allowsAnonymousPull } })
  }
  if (wanted.tagImmutability !== isImmutable) {
    isImmutable = wanted.tagImmutability
    const immutabilityMode = isImmutable ? 'enforce' : 'off'
    await db.prisma.repository.update({ where: { id: ids.closed }, data: { immutabilityMode } })
  }
}

/** An upload to a repository that is there, to go on with. */
async function startUpload(path: string): Promise<string> {
  const headers = { authorization: byPassword('admin', passwords.registry) }
  const { headers: answered } = await registry.send('POST', `/v2/${path}/blobs/uploads/`, { anonymous: true, headers })
  return String(answered['docker-upload-uuid'])
}

const codes: Readonly<Record<number, readonly string[]>> = {
  401: ['UNAUTHORIZED', 'DENIED'],
  403: ['DENIED'],
  404: ['NAME_UNKNOWN'],
  409: ['DENIED'],
}

function inWords(row: Row, { status, headers, json, body }: Answer): string {
  if (status >= 400) {
    const isChallenged = headers['www-authenticate'] !== undefined
    if (isChallenged !== (status === 401)) return `${status}, ${isChallenged ? 'with a' : 'without'} challenge`
    const code = json.errors?.[0]?.code
    return code === undefined || codes[status]?.includes(code) !== false ? String(status) : `${status} ${code}`
  }
  if (row.about.includes('mounting')) return status === 201 ? 'mounted' : 'ok'
  const shown = ['repositories', 'tags', 'manifests'].map((field) => json[field]).find((list) => Array.isArray(list))
  if (shown !== undefined && body.length > 0 && row.operation.match(/_catalog|tags|referrers/))
    return `ok:${shown.length}`
  if (row.operation.endsWith('/v2/token')) return `ok:${actionsOf(String(json['scope']))}`
  return 'ok'
}

/** For how many actions of a repository a token was made out. */
function actionsOf(scope: string): number {
  return scope === '' ? 0 : (scope.split(':')[2] ?? '').split(',').length
}

function expectAnswers(
  actual: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string | undefined>>,
) {
  expect(actual).toEqual(expected)
}
