import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

import type { ByteRange } from '@/lib/domain/range'
import type { Multipart, Part } from './object-index'
import type { Body, S3Client } from './s3-client'
import { isMissing, S3Error } from './s3-error'

/** An object in a list of the bucket. */
export interface ListedObject {
  readonly key: string
  readonly changedAt: Date
}

/** A multipart upload in a list of the bucket. */
export interface ListedMultipart extends Multipart {
  readonly startedAt: Date
}

/** An object whose bytes are about to be read. */
export interface OpenedObject {
  readonly response: IncomingMessage
  /** Size of the whole object in bytes, as the store has it now. */
  readonly size: number
}

/**
 * The objects of the store: what Stele uses of S3. Keys begin with the prefix of the settings. All is repeated after
 * failures that may pass; each may throw an S3Error, or what the connection failed with.
 */
export class Bucket {
  constructor(
    readonly client: S3Client,
    private readonly prefix: string,
  ) {}

  /** The key of an object of this name. */
  keyOf(name: string): string {
    return `${this.prefix}objects/${name}`
  }

  /** Writes an object that is not there; if it is, nothing happens. Returns its text in either case. */
  async putOnce(name: string, text: string): Promise<string> {
    const key = `${this.prefix}${name}`
    const content = Buffer.from(text)
    const body = { chunks: [content], length: content.byteLength, sha256: hash('sha256', content) }
    const found = await this.client.send({ method: 'GET', key }).catch((error: unknown) => {
      if (isMissing(error, 'NoSuchKey')) return null
      throw error
    })
    if (found !== null) return found.text
    // Of two that do this at the same time, the store takes one. Where it knows no conditions, the second reading decides.
    await this.client.send({ method: 'PUT', key, body, headers: { 'if-none-match': '*' } }).catch((error: unknown) => {
      if (!(error instanceof S3Error && error.status === 412)) throw error
    })
    return (await this.client.send({ method: 'GET', key })).text
  }

  async put(key: string, body: Body): Promise<void> {
    await this.client.send({ method: 'PUT', key, body, headers: { 'content-type': 'application/octet-stream' } })
  }

  /** Opens an object, or a part of it. */
  async open(key: string, range?: ByteRange): Promise<OpenedObject> {
    const headers = range === undefined ? undefined : { range: `bytes=${range.start}-${range.end}` }
    const response = await this.client.open({ method: 'GET', key, ...(headers && { headers }) })
    const total =
      range === undefined
        ? response.headers['content-length']
        : /\/([0-9]+)$/.exec(response.headers['content-range'] ?? '')?.[1]
    const size = total === undefined ? NaN : Number(total)
    if (Number.isSafeInteger(size) && (range === undefined || response.statusCode === 206)) return { response, size }
    response.destroy()
    throw new Error(`the S3 store does not say how long ${key} is`)
  }

  /** An address where a client can read an object; null when there can be none now. */
  addressOf(key: string): Promise<string | null> {
    // Whatever type the store has of it, or would guess: a browser must not show what somebody has pushed.
    return this.client.addressOf(key, { 'response-content-type': 'application/octet-stream' })
  }

  /** Size of an object that is not empty, or null. */
  async findSize(key: string): Promise<number | null> {
    try {
      const { response, size } = await this.open(key, { start: 0, end: 0 })
      response.destroy()
      return size
    } catch (error) {
      if (isMissing(error, 'NoSuchKey')) return null
      throw error
    }
  }

  /** Removes an object. Succeeds when there is none. */
  async delete(key: string): Promise<void> {
    await this.client.send({ method: 'DELETE', key }).catch((error: unknown) => {
      if (!isMissing(error, 'NoSuchKey')) throw error
    })
  }

  async startMultipart(key: string): Promise<Multipart> {
    const headers = { 'content-type': 'application/octet-stream' }
    const { text } = await this.client.send({ method: 'POST', key, query: { uploads: '' }, headers })
    const id = textOf(text, 'UploadId')
    if (id === null) throw new Error('the S3 store started a multipart upload without an id')
    return { key, id }
  }

  /** Sends a part, and returns its ETag. */
  async putPart({ key, id }: Multipart, number: number, body: Body): Promise<string> {
    const query = { partNumber: String(number), uploadId: id }
    const { headers } = await this.client.send({ method: 'PUT', key, query, body })
    if (headers.etag === undefined) throw new Error('the S3 store gave a part no ETag')
    return headers.etag
  }

  /** Makes the object of these parts. The store refuses with InvalidPart if it has another part of a number. */
  async complete({ key, id }: Multipart, parts: readonly Part[]): Promise<void> {
    const listed = parts.map(
      ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    )
    const text = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join('')}</CompleteMultipartUpload>`
    const chunk = Buffer.from(text)
    const body = { chunks: [chunk], length: chunk.byteLength, sha256: hash('sha256', chunk) }
    const headers = { 'content-type': 'application/xml' }
    const { completionMs: silenceMs } = this.client.patience
    const answer = await this.client.send({ method: 'POST', key, query: { uploadId: id }, headers, body, silenceMs })
    if (!answer.text.includes('CompleteMultipartUploadResult')) {
      throw new Error('the S3 store did not say that it completed a multipart upload')
    }
  }

  /** Ends a multipart upload and removes its parts. Succeeds when there is none. */
  async abortMultipart({ key, id }: Multipart): Promise<void> {
    await this.client.send({ method: 'DELETE', key, query: { uploadId: id } }).catch((error: unknown) => {
      if (!isMissing(error, 'NoSuchUpload')) throw error
    })
  }

  /** The parts that the store has of a multipart upload. */
  async listParts({ key, id }: Multipart): Promise<readonly Part[]> {
    const parts: Part[] = []
    for (let marker: string | null = '0'; marker !== null;) {
      const query = { uploadId: id, 'part-number-marker': marker }
      const { text }: { text: string } = await this.client.send({ method: 'GET', key, query })
      for (const part of elementsOf(text, 'Part')) {
        parts.push({
          number: Number(textOf(part, 'PartNumber')),
          etag: textOf(part, 'ETag') ?? '',
          sizeBytes: Number(textOf(part, 'Size')),
        })
      }
      marker = textOf(text, 'IsTruncated') === 'true' ? textOf(text, 'NextPartNumberMarker') : null
    }
    return parts
  }

  /** All objects, in pages. */
  async *listObjects(): AsyncGenerator<readonly ListedObject[]> {
    const prefix = this.keyOf('')
    for (let token: string | null = ''; token !== null;) {
      const query = { 'list-type': '2', prefix, ...(token !== '' && { 'continuation-token': token }) }
      const { text }: { text: string } = await this.client.send({ method: 'GET', query })
      yield elementsOf(text, 'Contents').map((item) => ({
        key: textOf(item, 'Key') ?? '',
        changedAt: new Date(textOf(item, 'LastModified') ?? NaN),
      }))
      token = textOf(text, 'IsTruncated') === 'true' ? textOf(text, 'NextContinuationToken') : null
    }
  }

  /** All multipart uploads that were neither completed nor aborted, in pages. */
  async *listMultiparts(): AsyncGenerator<readonly ListedMultipart[]> {
    const prefix = this.keyOf('')
    for (let after: { key: string; id: string } | null = { key: '', id: '' }; after !== null;) {
      const markers = after.key === '' ? {} : { 'key-marker': after.key, 'upload-id-marker': after.id }
      const { text }: { text: string } = await this.client.send({
        method: 'GET',
        query: { uploads: '', prefix, ...markers },
      })
      yield elementsOf(text, 'Upload').map((item) => ({
        key: textOf(item, 'Key') ?? '',
        id: textOf(item, 'UploadId') ?? '',
        startedAt: new Date(textOf(item, 'Initiated') ?? NaN),
      }))
      const key = textOf(text, 'NextKeyMarker')
      const isMore = textOf(text, 'IsTruncated') === 'true' && key !== null && key !== ''
      after = isMore ? { key, id: textOf(text, 'NextUploadIdMarker') ?? '' } : null
    }
  }

  /** Throws unless the bucket answers. */
  async probe(): Promise<void> {
    await this.client.send({ method: 'GET', query: { 'list-type': '2', 'max-keys': '1', prefix: this.keyOf('') } })
  }
}

/** The content of all elements of this name. The store's answers have no such element inside of another one. */
function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, content = '']) => content)
}

/** The text of the first element of this name, or null. */
function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text === undefined ? null : unescapeXml(text)
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return entities[name ?? ''] ?? whole
    },
  )
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
