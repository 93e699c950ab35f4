import { z } from 'zod'

/** The driver that keeps blobs, and where. */
export type StorageSetting =
  /** `dataDir` is an absolute path. */
  { readonly driver: 'filesystem'; readonly dataDir: string } | S3Setting

/** Where an S3-compatible store is. Credentials are found as the AWS SDKs find them. */
export interface S3Setting {
  readonly driver: 's3'
  /** `http(s)://host[:port]`, without a trailing slash. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** What all keys start with: empty, or with a slash at its end. */
  readonly prefix: string
  /** Whether the bucket is in the path of addresses; otherwise it is a part of the host name. */
  readonly pathStyle: boolean
  /** Where clients read blobs themselves, like `endpoint`; null: all bytes go through the server. */
  readonly clientEndpoint: string | null
}

/**
 * Whether the text is http or https, a host, an optional port, and nothing else. It is copied into headers unchanged.
 */
function isOrigin(text: string): boolean {
  return /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(text) && URL.canParse(text)
}

/** `http(s)://host[:port]`. */
export const origin = z.string().refine(isOrigin, 'http(s)://host[:port] without a path')

/** The variables of the environment that say where blobs are. */
export const storageVariables = {
  STELE_STORAGE: z.enum(['filesystem', 's3'], 'filesystem or s3').default('filesystem'),
  STELE_S3_ENDPOINT: origin.optional(),
  STELE_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'a region such as eu-central-1')
    .default('us-east-1'),
  STELE_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')
    .optional(),
  STELE_S3_PREFIX: z
    .string()
    .regex(
      /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*\/?$/,
      'letters, digits and ._- in parts separated by slashes',
    )
    .optional(),
  STELE_S3_PATH_STYLE: z.enum(['true', 'false'], 'true or false').optional(),
  STELE_S3_REDIRECT: z.enum(['true', 'false'], 'true or false').default('false'),
  STELE_S3_PUBLIC_ENDPOINT: origin.optional(),
}

/** Reads the storage's settings. Throws an Error of one sentence for those that do not fit together. */
export function readStorage(value: z.output<z.ZodObject<typeof storageVariables>>, dataDir: string): StorageSetting {
  if (value.STELE_STORAGE === 'filesystem') return { driver: 'filesystem', dataDir }
  const { STELE_S3_ENDPOINT: endpoint, STELE_S3_REGION: region, STELE_S3_BUCKET: bucket } = value
  if (bucket === undefined) throw new Error('STELE_S3_BUCKET: is required too, STELE_STORAGE=s3 needs a bucket')
  if (value.STELE_S3_PUBLIC_ENDPOINT !== undefined && value.STELE_S3_REDIRECT === 'false') {
    throw new Error('STELE_S3_REDIRECT: must be true, STELE_S3_PUBLIC_ENDPOINT is for redirects only')
  }
  const serverEndpoint = endpoint ?? `https://s3.${region}.amazonaws.com`
  // What most stores besides AWS serve without further set-up.
  const pathStyle =
    value.STELE_S3_PATH_STYLE === undefined ? endpoint !== undefined : value.STELE_S3_PATH_STYLE === 'true'
  const clientEndpoint = value.STELE_S3_REDIRECT === 'true' ? (value.STELE_S3_PUBLIC_ENDPOINT ?? serverEndpoint) : null
  for (const each of [serverEndpoint, clientEndpoint ?? serverEndpoint]) {
    if (pathStyle || URL.canParse(each.replace('://', `://${bucket}.`))) continue
    throw new Error(`STELE_S3_PATH_STYLE: must be true, no bucket can be a part of the host name of ${each}`)
  }
  return {
    driver: 's3',
    endpoint: serverEndpoint,
    region,
    bucket,
    prefix: value.STELE_S3_PREFIX === undefined ? '' : value.STELE_S3_PREFIX.replace(/\/?$/, '/'),
    pathStyle,
    clientEndpoint,
  }
}
