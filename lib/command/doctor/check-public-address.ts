import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { openKeys } from '@/lib/auth/keys'
import type { Config } from '@/lib/config'
import { canonicalHost } from '@/lib/domain/host'
import { addressedInstance } from '@/lib/domain/instance-host'
import { parseTokenScopes } from '@/lib/domain/token-scope'
import type { Database } from '@/lib/metadata/engine/database'
import { findDefaultInstance, findInstanceByHost } from '@/lib/metadata/instances'
import { RegistryTokens } from '@/lib/secrets/registry-tokens'
import { type Finding, bad, good, reasonOf } from './finding'

/** As many connections as it takes to reach each of some servers behind a load balancer. */
const visits = 12

/** How long an answer may take, in milliseconds. */
const answerMaxMs = 10_000

/** How long the server, which refuses at once, may seem to wait for a body that does not end, in milliseconds. */
const refusalMaxMs = 5_000

/** How much of a body is sent: more than proxies hold in memory, and than nginx takes by default (1 MiB). */
const bodyBytes = 8 * 1024 * 1024

/** How large a layer claims to be, in bytes: 20 GiB. */
const layerBytes = 20 * 1024 ** 3

const subject = 'public address'
const proxyRemedy = 'docs/scale.md has configurations for nginx and Caddy'

interface Sent {
  readonly status: number
  readonly challenge: string
}

/** Checks the address that clients use, over whatever is before the servers. `db`: null when it has no tables yet. */
export async function checkPublicAddress(config: Config, db: Database | null): Promise<Finding[]> {
  const { publicUrl } = config
  if (publicUrl === null) {
    return [
      bad(
        subject,
        'STELE_PUBLIC_URL is not set',
        'set it to the https:// address of the load balancer, for all servers',
      ),
    ]
  }
  let first: Sent
  try {
    first = await visit(publicUrl, {})
  } catch (error) {
    const reason = `${publicUrl} does not answer: ${reasonOf(error)}`
    return [
      bad(subject, reason, 'start the servers and the load balancer; check the name, the certificate and the network'),
    ]
  }
  if (first.status !== 401 || !first.challenge.startsWith('Bearer ')) {
    const reason = `${publicUrl}/v2/ is not answered by Stele (status ${first.status})`
    return [bad(subject, reason, `pass all paths to the servers; if it is 502 or 503, start them. ${proxyRemedy}`)]
  }
  return [
    judgeScheme(publicUrl),
    judgeChallenge(publicUrl, first.challenge),
    ...(db === null ? [] : [await checkServers(config, publicUrl, db)]),
    judgeTrust(config),
    await checkBody(publicUrl, 'chunked'),
    await checkBody(publicUrl, 'with its length'),
  ]
}

function judgeScheme(publicUrl: string): Finding {
  const { protocol, hostname } = new URL(publicUrl)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'https:' || isLocal) return good(subject, `${publicUrl} is answered by Stele`)
  return bad(
    subject,
    `${publicUrl} is not https: clients refuse it, and passwords are sent in the open`,
    'use TLS in the load balancer',
  )
}

/** The servers know their address from STELE_PUBLIC_URL, and the instance from the Host header. */
function judgeChallenge(publicUrl: string, challenge: string): Finding {
  const realm = /realm="([^"]*)"/.exec(challenge)?.[1] ?? ''
  const service = /service="([^"]*)"/.exec(challenge)?.[1] ?? ''
  if (realm !== `${publicUrl}/v2/token`) {
    const reason = `the servers send clients to ${realm} for a token, not to ${publicUrl}/v2/token`
    return bad('token address', reason, 'give all servers this STELE_PUBLIC_URL')
  }
  const host = canonicalHost(new URL(publicUrl).host)
  if (service !== host) {
    const reason = `the proxy sends Host: ${service} instead of ${host}: instances are found by it`
    return bad('token address', reason, `pass Host on unchanged. ${proxyRemedy}`)
  }
  return good('token address', `clients get their tokens at ${realm}`)
}

/** A token that this machine signs shows whether those who answer have the keys of this database. */
async function checkServers(config: Config, publicUrl: string, db: Database): Promise<Finding> {
  const addressed = addressedInstance(canonicalHost(new URL(publicUrl).host), config.domain)
  const instance =
    addressed === null
      ? null
      : await (addressed === 'default' ? findDefaultInstance(db) : findInstanceByHost(db, addressed))
  if (instance === null) {
    return bad('servers', `no instance has the host of ${publicUrl}`, 'set STELE_DOMAIN, or create the instance')
  }
  const holder = { kind: 'anonymous', id: '', name: 'doctor', credential: '', secretMark: '' } as const
  const access = { ...parseTokenScopes(''), boundTo: new Map<string, string>() }
  try {
    const { token } = await new RegistryTokens(openKeys(config, db)).issue(holder, instance.id, access)
    let strangers = 0
    for (let n = 0; n < visits; n++) {
      const { status, challenge } = await visit(publicUrl, { authorization: `Bearer ${token}` })
      if (status >= 500 || challenge.includes('error="invalid_token"')) strangers++
    }
    if (strangers === 0)
      return good('servers', `all ${visits} visits were answered by servers with this database's keys`)
    return bad(
      'servers',
      `${strangers} of ${visits} visits were answered without this database's keys, or not at all`,
      'give all servers the same DATABASE_URL and STELE_SECRET_KEY, and take others out of the load balancer',
    )
  } catch (error) {
    return bad('servers', `the visits failed: ${reasonOf(error)}`, 'look at the log of the load balancer')
  }
}

function judgeTrust({ trustedProxies }: Config): Finding {
  if (trustedProxies.length > 0) return good('proxies', 'STELE_TRUSTED_PROXIES names whose X-Forwarded-For counts')
  return bad(
    'proxies',
    'STELE_TRUSTED_PROXIES is empty: for the log, and for the limits of guessing, all clients have the address of the proxy',
    'name the addresses of the load balancer, as the servers see them',
  )
}

/** The servers refuse an upload without credentials at once; what is in their way does not, or refuses it for another reason. */
async function checkBody(publicUrl: string, how: 'chunked' | 'with its length'): Promise<Finding> {
  const bodySubject = `layers, ${how}`
  const headers =
    how === 'chunked'
      ? { 'transfer-encoding': 'chunked' }
      : { 'content-length': String(layerBytes), expect: '100-continue' }
  const path = '/v2/stele-doctor/none/blobs/uploads/?digest=sha256:none'
  const answer = await visit(publicUrl, headers, { method: 'POST', path }).catch((error: unknown) => reasonOf(error))
  if (typeof answer !== 'string' && (answer.status === 401 || answer.status === 404)) {
    return good(bodySubject, 'they reach the servers as they are sent')
  }
  const status = typeof answer === 'string' ? answer : `status ${answer.status}`
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    'status 413': ['the proxy refuses large ones', 'take the limit away (nginx: client_max_body_size 0)'],
    'status 411': ['the proxy refuses those without a length', 'allow Transfer-Encoding: chunked'],
    silence: [
      'the proxy holds them until they are complete, on its own disk',
      'pass bodies on as they come (nginx: proxy_request_buffering off)',
    ],
  }
  const [text, remedy] = reasons[status] ?? [
    `they do not reach the servers (${status})`,
    'look at the log of the proxy',
  ]
  return bad(bodySubject, text, `${remedy}. ${proxyRemedy}`)
}

/** Sends a request over a connection of its own. One with a body sends some of it, and ends only when it is answered. */
function visit(
  publicUrl: string,
  headers: Record<string, string>,
  { method = 'GET', path = '/v2/' } = {},
): Promise<Sent> {
  const send = publicUrl.startsWith('https:') ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = send(new URL(path, publicUrl), {
      method,
      agent: false,
      headers: { 'user-agent': 'stele-doctor', ...headers },
    })
    const waitMs = method === 'GET' ? answerMaxMs : refusalMaxMs
    const timer = setTimeout(() => {
      reject(new Error('silence'))
      sent.destroy()
    }, waitMs)
    sent.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    sent.on('response', (response) => {
      clearTimeout(timer)
      resolve({ status: response.statusCode ?? 0, challenge: response.headers['www-authenticate'] ?? '' })
      sent.destroy()
    })
    const sendBody = () => {
      for (let left = bodyBytes; left > 0; left -= 65_536) sent.write(Buffer.alloc(65_536))
    }
    if (method === 'GET') sent.end()
    else if ('expect' in headers) {
      sent.on('continue', sendBody)
      sent.flushHeaders()
    } else sendBody()
  })
}
