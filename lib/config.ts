import path from 'node:path'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'

/** The server's settings, parsed once. Each is described in `.env.example`. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path of the folder that holds the database, blobs and generated keys. */
  readonly dataDir: string
  readonly database: DatabaseSetting
  /** First administrator's password; null: one is generated and printed at first start. */
  readonly adminPassword: string | null
  /** An access key made at first start, or null. */
  readonly adminAccessKey: { readonly id: string; readonly secret: string } | null
  /** Base domain of the instances' host names. */
  readonly domain: string
  /** Where clients reach the server when it is behind a proxy, without a trailing slash; null: as each request says. */
  readonly publicUrl: string | null
  /** Addresses, ranges and their names, of the proxies whose word of the client is believed. */
  readonly trustedProxies: readonly string[]
  /** First start makes ACR's documentation example. */
  readonly makeExample: boolean
  /** The OpenID Connect provider that people may log on to the console with; null: there is none. */
  readonly singleSignOn: SingleSignOnSettings | null
  readonly maintenance: MaintenanceSettings
  /** How long running requests may take to end when the server is stopped; then they are cut. */
  readonly stopTimeoutSeconds: number
  /** Whoever presents it may read the metrics; null: nobody may. */
  readonly metricsToken: string | null
  readonly logLevel: LogLevel
}

/** An OpenID Connect provider, and what its groups mean here. */
export interface SingleSignOnSettings {
  /** Its address: `/.well-known/openid-configuration` is below it. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** What the log-on page calls it. */
  readonly name: string
  readonly scopes: readonly string[]
  /** The claim that holds the groups. */
  readonly groupsClaim: string
  /** Who is in one of them is an administrator, and nobody else is. Empty: roles are given here. */
  readonly adminGroups: readonly string[]
  /** Who is in none of them, and in none of `adminGroups`, is not let in. Empty: everybody is. */
  readonly memberGroups: readonly string[]
}

/** What the server does by itself to keep its storage small and sound. */
export interface MaintenanceSettings {
  /** Hours between two garbage collections; 0: only when asked. */
  readonly collectionIntervalHours: number
  /** How long what was pushed, mounted or asked for stays, although nothing refers to it. */
  readonly graceHours: number
  /** How long an upload that nobody writes to stays. */
  readonly uploadExpiryHours: number
  /** Hours between two scrubs; 0: only when asked. */
  readonly scrubIntervalHours: number
  /** How fast a scrub reads that the schedule started. */
  readonly scrubMibPerSecond: number
}

/** Which database, and where: a SQLite file by its absolute path, or PostgreSQL by its address. */
export type DatabaseSetting =
  { readonly provider: 'sqlite'; readonly file: string } | { readonly provider: 'postgresql'; readonly url: string }

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number]

const hostLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'

/** A year. */
const hoursMax = 8760

function wholeNumber(min: number, max: number) {
  const message = `a whole number from ${min} to ${max}`
  return z.coerce.number(message).int(message).min(min, message).max(max, message)
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function isTrustedProxies(text: string): boolean {
  try {
    proxyAddr.compile(splitList(text))
    return true
  } catch {
    return false
  }
}

/** Whether it is a scheme of ours with a host and perhaps a port, and nothing else: it is quoted in headers as it is. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(text) && URL.canParse(text)
}

const environment = z.object({
  PORT: z.coerce.number('a port number').int().min(0).max(65535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  STELE_DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(?:file:.+|postgres(?:ql)?:\/\/.+)$/, 'file:<path of a SQLite database> or postgresql://<address>')
    .optional(),
  STELE_STORAGE: z.enum(['filesystem'], 'filesystem').default('filesystem'),
  STELE_ADMIN_PASSWORD: z
    .string()
    .regex(/^\P{Cc}{12,256}$/u, '12 to 256 characters, none of them a control character')
    .optional(),
  STELE_ADMIN_ACCESS_KEY_ID: z
    .string()
    .regex(/^[A-Za-z0-9]{8,64}$/, '8 to 64 letters and digits')
    .optional(),
  STELE_ADMIN_ACCESS_KEY_SECRET: z.string().min(16, 'at least 16 characters').optional(),
  STELE_DOMAIN: z
    .string()
    .regex(new RegExp(`^${hostLabel}(?:\\.${hostLabel})*$`), 'a domain name in lower case')
    .default('localhost'),
  STELE_PUBLIC_URL: z.string().refine(isOrigin, 'http(s)://host[:port] without a path').optional(),
  STELE_TRUSTED_PROXIES: z
    .string()
    .refine(
      isTrustedProxies,
      'addresses and ranges (10.0.0.0/8), loopback, linklocal, uniquelocal, with commas between',
    )
    .default(''),
  STELE_EXAMPLE: z.enum(['true', 'false'], 'true or false').default('true'),
  STELE_OIDC_ISSUER: z
    .string()
    .regex(
      /^(?:https:\/\/[^/?#\s]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)(?:\/[^?#\s]*)?$/,
      'https://<address of the provider>; http only on this machine',
    )
    .optional(),
  STELE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  STELE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  STELE_OIDC_NAME: z.string().max(40, 'at most 40 characters').default('Single Sign-On'),
  STELE_OIDC_SCOPES: z
    .string()
    .regex(/^[\w:./ -]*\bopenid\b[\w:./ -]*$/, 'scopes with spaces between them, openid among them')
    .default('openid profile email'),
  STELE_OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  STELE_OIDC_ADMIN_GROUPS: z.string().default(''),
  STELE_OIDC_MEMBER_GROUPS: z.string().default(''),
  STELE_GC_INTERVAL_HOURS: wholeNumber(0, hoursMax).default(24),
  STELE_GC_GRACE_HOURS: wholeNumber(1, hoursMax).default(24),
  STELE_UPLOAD_EXPIRY_HOURS: wholeNumber(1, hoursMax).default(24),
  STELE_SCRUB_INTERVAL_HOURS: wholeNumber(0, hoursMax).default(168),
  STELE_SCRUB_MIB_PER_SECOND: wholeNumber(1, 10_000).default(20),
  STELE_STOP_TIMEOUT_SECONDS: wholeNumber(0, 3600).default(25),
  STELE_METRICS_TOKEN: z
    .string()
    .regex(/^[!-~]{16,}$/, 'at least 16 characters, none of them a space')
    .optional(),
  STELE_LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
})

const known = new Set<string>(Object.keys(environment.shape))

/**
 * Reads the settings from `env`. Throws an Error of one line that names the variable and what it takes: for a bad
 * value, for half of a pair, and for a `STELE_…` variable that does not exist (a misspelt setting is not ignored).
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const unknown = Object.keys(env).find((name) => name.startsWith('STELE_') && !known.has(name))
  if (unknown !== undefined) throw new Error(`${unknown}: there is no such setting; .env.example lists them all`)

  // An empty value is as good as none: that is how shells and compose files say "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${String(issue?.path[0])}: takes ${issue?.message ?? 'another value'}`)
  }
  const value = parsed.data
  const { STELE_ADMIN_ACCESS_KEY_ID: keyId, STELE_ADMIN_ACCESS_KEY_SECRET: keySecret } = value
  if ((keyId === undefined) !== (keySecret === undefined)) {
    const missing = keyId === undefined ? 'STELE_ADMIN_ACCESS_KEY_ID' : 'STELE_ADMIN_ACCESS_KEY_SECRET'
    throw new Error(`${missing}: is needed too, an access key has an id and a secret`)
  }
  const dataDir = path.resolve(value.STELE_DATA_DIR)
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir,
    database: readDatabase(value.DATABASE_URL ?? `file:${path.join(dataDir, 'stele.db')}`),
    adminPassword: value.STELE_ADMIN_PASSWORD ?? null,
    adminAccessKey: keyId !== undefined && keySecret !== undefined ? { id: keyId, secret: keySecret } : null,
    domain: value.STELE_DOMAIN,
    publicUrl: value.STELE_PUBLIC_URL ?? null,
    trustedProxies: splitList(value.STELE_TRUSTED_PROXIES),
    makeExample: value.STELE_EXAMPLE === 'true',
    singleSignOn: readSingleSignOn(value),
    maintenance: {
      collectionIntervalHours: value.STELE_GC_INTERVAL_HOURS,
      graceHours: value.STELE_GC_GRACE_HOURS,
      uploadExpiryHours: value.STELE_UPLOAD_EXPIRY_HOURS,
      scrubIntervalHours: value.STELE_SCRUB_INTERVAL_HOURS,
      scrubMibPerSecond: value.STELE_SCRUB_MIB_PER_SECOND,
    },
    stopTimeoutSeconds: value.STELE_STOP_TIMEOUT_SECONDS,
    metricsToken: value.STELE_METRICS_TOKEN ?? null,
    logLevel: value.STELE_LOG_LEVEL,
  }
}

function readSingleSignOn(value: z.output<typeof environment>): SingleSignOnSettings | null {
  const needed = ['STELE_OIDC_ISSUER', 'STELE_OIDC_CLIENT_ID', 'STELE_OIDC_CLIENT_SECRET'] as const
  const missing = needed.find((name) => value[name] === undefined)
  if (missing !== undefined) {
    if (needed.every((name) => value[name] === undefined)) return null
    throw new Error(`${missing}: is needed too, single sign-on takes ${needed.join(', ')}`)
  }
  return {
    issuer: value.STELE_OIDC_ISSUER ?? '',
    clientId: value.STELE_OIDC_CLIENT_ID ?? '',
    clientSecret: value.STELE_OIDC_CLIENT_SECRET ?? '',
    name: value.STELE_OIDC_NAME,
    scopes: value.STELE_OIDC_SCOPES.split(/\s+/).filter((scope) => scope !== ''),
    groupsClaim: value.STELE_OIDC_GROUPS_CLAIM,
    adminGroups: splitList(value.STELE_OIDC_ADMIN_GROUPS),
    memberGroups: splitList(value.STELE_OIDC_MEMBER_GROUPS),
  }
}

function readDatabase(url: string): DatabaseSetting {
  return url.startsWith('file:')
    ? { provider: 'sqlite', file: path.resolve(url.slice('file:'.length)) }
    : { provider: 'postgresql', url }
}
