import { type KeyObject, createSecretKey } from 'node:crypto'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'
import { type StorageSetting, origin, readStorage, storageVariables } from './config-storage'
import { type WitnessSetting, witnessesVariable } from './config-witnesses'

/** The server's settings, parsed once. Each is described in `.env.example`. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path of the folder that holds the database, blobs and generated keys. */
  readonly dataDir: string
  /** Whether anything is in that folder. With PostgreSQL, S3 and a secret key nothing is, and it need not exist. */
  readonly usesDataDir: boolean
  /** What the keys in the database are sealed with; null: the keys are in the data folder. */
  readonly secretKeys: SecretKeysSetting | null
  readonly database: DatabaseSetting
  /** How many processes serve requests: 1 in development, else as set. The one that supervises them is not counted. */
  readonly processes: number
  readonly storage: StorageSetting
  /** First administrator's password; null: one is generated and printed at first start. */
  readonly adminPassword: string | null
  /** An access key that the first start creates, or null. */
  readonly adminAccessKey: { readonly id: string; readonly secret: string } | null
  /** Base domain of the instances' host names. */
  readonly domain: string
  /**
   * The address that clients use when the server is behind a proxy, without a trailing slash; null: each request's own.
   */
  readonly publicUrl: string | null
  /** Addresses, ranges and range names of the proxies whose forwarded headers are trusted. */
  readonly trustedProxies: readonly string[]
  /** Whether the first start creates the example of ACR's documentation. */
  readonly makeExample: boolean
  /** The OpenID Connect provider for logging on to the console; null: no single sign-on. */
  readonly singleSignOn: SingleSignOnSettings | null
  readonly maintenance: MaintenanceSettings
  /** Those who cosign the checkpoints of the transparency logs. */
  readonly witnesses: readonly WitnessSetting[]
  /** How long a registry token is valid, in minutes. */
  readonly tokenMinutes: number
  /** How much space is kept for the administration of a server whose disk is full, in MiB; 0: none. SQLite only. */
  readonly reserveMib: number
  readonly sessions: SessionSettings
  /**
   * How long a server that is stopped still serves everything after `/readyz` says that it stops, so that a load balancer
   * notices.
   */
  readonly drainSeconds: number
  /** How long running requests may take to end when the server is stopped; then they are aborted. */
  readonly stopTimeoutSeconds: number
  /** The bearer token for reading the metrics; null: the metrics are off. */
  readonly metricsToken: string | null
  readonly logLevel: LogLevel
  /** Form of the log's lines; null: text on a terminal, JSON elsewhere. */
  readonly logFormat: LogFormat | null
}

/** Keys that are in no database: each opens keys that are. */
export interface SecretKeysSetting {
  readonly current: KeyObject
  /** The one before, while the keys are sealed anew. */
  readonly previous: KeyObject | null
}

/** An OpenID Connect provider, and the roles that its groups have here. */
export interface SingleSignOnSettings {
  /** Its address, without `/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Its name on the log-on page. */
  readonly name: string
  readonly scopes: readonly string[]
  /** The claim that gives new users their name; null: `preferred_username`, else `email`. */
  readonly userNameClaim: string | null
  /** The claim that holds the groups. */
  readonly groupsClaim: string
  /**
   * The groups whose members are administrators; nobody else of the provider is. Empty: roles are set in the console.
   */
  readonly adminGroups: readonly string[]
  /** The groups that may log on, in addition to `adminGroups`. Empty: everybody the provider knows may. */
  readonly memberGroups: readonly string[]
}

/** How long console sessions last. */
export interface SessionSettings {
  /** How many hours a session lasts after its last use. */
  readonly idleHours: number
  /** How many days a session lasts after its log-on, however much it is used. */
  readonly maxDays: number
}

/** Scheduled maintenance of the storage. */
export interface MaintenanceSettings {
  /** Hours between two garbage collections; 0: only on demand. */
  readonly collectionIntervalHours: number
  /** How many hours content that nothing refers to is kept after it was pushed, mounted or requested. */
  readonly graceHours: number
  /** How many hours an upload is kept after the last write to it. */
  readonly uploadExpiryHours: number
  /** Hours between two scrubs; 0: only on demand. */
  readonly scrubIntervalHours: number
  /** How fast a scheduled scrub reads. */
  readonly scrubMibPerSecond: number
  /** A blob that was not verified for so many hours is verified while it is pulled; 0: never. */
  readonly verifyHours: number
}

/** The database: a SQLite file by its absolute path, or PostgreSQL by its address. */
export type DatabaseSetting =
  { readonly provider: 'sqlite'; readonly file: string } | { readonly provider: 'postgresql'; readonly url: string }

/** Most processes without a setting: more need more memory than most servers can spare. */
const usualProcessesMax = 4

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number]

const logFormats = ['json', 'text'] as const

/** Form of the log's lines: `json` for programs, `text` for people. */
export type LogFormat = (typeof logFormats)[number]

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

/** Fewest bytes of a secret key, and fewest different ones among them: random ones have more than 25. */
const secretKeyMin = { bytes: 32, different: 16 }

/** The bytes of a secret key in base64 or hexadecimal, or null for another text, and for one that is not random. */
function decodeSecretKey(text: string): Buffer | null {
  const isHex = /^(?:[0-9a-f]{2}){32,}$/i.test(text)
  if (!isHex && !/^[\w+/-]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64')
  return bytes.length >= secretKeyMin.bytes && new Set(bytes).size >= secretKeyMin.different ? bytes : null
}

const secretKey = z
  .string()
  .refine(
    (text) => decodeSecretKey(text) !== null,
    'at least 32 random bytes in base64 or hexadecimal, as `openssl rand -base64 32` prints them',
  )
  .transform((text) => createSecretKey(decodeSecretKey(text) as Buffer))
  .optional()

const environment = z.object({
  PORT: z.coerce.number('a port number').int().min(0).max(65535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  STELE_DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(?:file:.+|postgres(?:ql)?:\/\/.+)$/, 'file:<path of a SQLite database> or postgresql://<address>')
    .optional(),
  STELE_SECRET_KEY: secretKey,
  STELE_SECRET_KEY_PREVIOUS: secretKey,
  STELE_PROCESSES: wholeNumber(1, 64).default(() => Math.min(availableParallelism(), usualProcessesMax)),
  ...storageVariables,
  STELE_ADMIN_PASSWORD: z
    .string()
    .regex(/^\P{Cc}{12,256}$/u, '12 to 256 characters without control characters')
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
  STELE_PUBLIC_URL: origin.optional(),
  STELE_TRUSTED_PROXIES: z
    .string()
    .refine(
      isTrustedProxies,
      'addresses and ranges (10.0.0.0/8), loopback, linklocal or uniquelocal, separated by commas',
    )
    .default(''),
  STELE_EXAMPLE: z.enum(['true', 'false'], 'true or false').default('true'),
  STELE_OIDC_ISSUER: z
    .string()
    .regex(
      /^(?:https:\/\/[^/?#\s]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)(?:\/[^?#\s]*)?$/,
      'https://<address of the provider>; http is allowed on this machine only',
    )
    .optional(),
  STELE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  STELE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  STELE_OIDC_NAME: z.string().max(40, 'at most 40 characters').default('Single Sign-On'),
  STELE_OIDC_SCOPES: z
    .string()
    .regex(/^[\w:./ -]*\bopenid\b[\w:./ -]*$/, 'scopes separated by spaces, including openid')
    .default('openid profile email'),
  STELE_OIDC_USERNAME_CLAIM: z.string().optional(),
  STELE_OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  STELE_OIDC_ADMIN_GROUPS: z.string().default(''),
  STELE_OIDC_MEMBER_GROUPS: z.string().default(''),
  STELE_SESSION_IDLE_HOURS: wholeNumber(1, hoursMax).default(12),
  STELE_SESSION_MAX_DAYS: wholeNumber(1, 365).default(30),
  STELE_GC_INTERVAL_HOURS: wholeNumber(0, hoursMax).default(24),
  STELE_GC_GRACE_HOURS: wholeNumber(1, hoursMax).default(24),
  STELE_UPLOAD_EXPIRY_HOURS: wholeNumber(1, hoursMax).default(24),
  STELE_SCRUB_INTERVAL_HOURS: wholeNumber(0, hoursMax).default(168),
  STELE_SCRUB_MIB_PER_SECOND: wholeNumber(1, 10_000).default(20),
  STELE_VERIFY_HOURS: wholeNumber(0, hoursMax).default(24),
  STELE_LOG_WITNESSES: witnessesVariable,
  STELE_TOKEN_MINUTES: wholeNumber(1, 60).default(5),
  STELE_RESERVE_MIB: wholeNumber(0, 10_240).default(16),
  STELE_DRAIN_SECONDS: wholeNumber(0, 600).default(0),
  STELE_STOP_TIMEOUT_SECONDS: wholeNumber(0, 3600).default(25),
  STELE_METRICS_TOKEN: z
    .string()
    .regex(/^[!-~]{16,}$/, 'at least 16 visible ASCII characters')
    .optional(),
  STELE_LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info'),
  STELE_LOG_FORMAT: z.enum(logFormats, `one of ${logFormats.join(', ')}`).optional(),
})

const known = new Set<string>(Object.keys(environment.shape))

/**
 * Reads the settings from `env`. Throws an Error with one line that names the variable and the expected value: for a
 * bad value, for half of a pair, and for an unknown `STELE_…` variable (a misspelt setting is not ignored).
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const unknown = Object.keys(env).find((name) => name.startsWith('STELE_') && !known.has(name))
  if (unknown !== undefined) throw new Error(`${unknown}: there is no such setting; .env.example lists them all`)

  // An empty value counts as not set: that is how shells and compose files leave a variable unset.
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${String(issue?.path[0])}: must be ${issue?.message ?? 'another value'}`)
  }
  const value = parsed.data
  const { STELE_ADMIN_ACCESS_KEY_ID: keyId, STELE_ADMIN_ACCESS_KEY_SECRET: keySecret } = value
  if ((keyId === undefined) !== (keySecret === undefined)) {
    const missing = keyId === undefined ? 'STELE_ADMIN_ACCESS_KEY_ID' : 'STELE_ADMIN_ACCESS_KEY_SECRET'
    throw new Error(`${missing}: is required too, an access key has an id and a secret`)
  }
  const dataDir = path.resolve(value.STELE_DATA_DIR)
  const database = readDatabase(value.DATABASE_URL ?? `file:${path.join(dataDir, 'stele.db')}`)
  const secretKeys = readSecretKeys(value)
  if (secretKeys === null && database.provider === 'postgresql' && value.STELE_STORAGE === 's3') {
    throw new Error(
      'STELE_SECRET_KEY: is required with PostgreSQL and STELE_STORAGE=s3, because servers share their keys in the ' +
        'database: set the same 32 random bytes for all of them, as `openssl rand -base64 32` prints them',
    )
  }
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir,
    usesDataDir: secretKeys === null || database.provider === 'sqlite' || value.STELE_STORAGE === 'filesystem',
    secretKeys,
    database,
    // In development, Next compiles in the process that serves, from sources that only this one can load.
    processes: env['NODE_ENV'] === 'production' ? value.STELE_PROCESSES : 1,
    storage: readStorage(value, dataDir),
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
      verifyHours: value.STELE_VERIFY_HOURS,
    },
    witnesses: value.STELE_LOG_WITNESSES,
    tokenMinutes: value.STELE_TOKEN_MINUTES,
    reserveMib: value.STELE_RESERVE_MIB,
    sessions: { idleHours: value.STELE_SESSION_IDLE_HOURS, maxDays: value.STELE_SESSION_MAX_DAYS },
    drainSeconds: value.STELE_DRAIN_SECONDS,
    stopTimeoutSeconds: value.STELE_STOP_TIMEOUT_SECONDS,
    metricsToken: value.STELE_METRICS_TOKEN ?? null,
    logLevel: value.STELE_LOG_LEVEL,
    logFormat: value.STELE_LOG_FORMAT ?? null,
  }
}

function readSecretKeys(value: z.output<typeof environment>): SecretKeysSetting | null {
  const { STELE_SECRET_KEY: current, STELE_SECRET_KEY_PREVIOUS: previous = null } = value
  if (current !== undefined) return { current, previous }
  if (previous !== null) throw new Error('STELE_SECRET_KEY: is required too, with STELE_SECRET_KEY_PREVIOUS')
  return null
}

function readSingleSignOn(value: z.output<typeof environment>): SingleSignOnSettings | null {
  const needed = ['STELE_OIDC_ISSUER', 'STELE_OIDC_CLIENT_ID', 'STELE_OIDC_CLIENT_SECRET'] as const
  const missing = needed.find((name) => value[name] === undefined)
  if (missing !== undefined) {
    if (needed.every((name) => value[name] === undefined)) return null
    throw new Error(`${missing}: is required too, single sign-on needs ${needed.join(', ')}`)
  }
  return {
    issuer: value.STELE_OIDC_ISSUER ?? '',
    clientId: value.STELE_OIDC_CLIENT_ID ?? '',
    clientSecret: value.STELE_OIDC_CLIENT_SECRET ?? '',
    name: value.STELE_OIDC_NAME,
    scopes: value.STELE_OIDC_SCOPES.split(/\s+/).filter((scope) => scope !== ''),
    userNameClaim: value.STELE_OIDC_USERNAME_CLAIM ?? null,
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
