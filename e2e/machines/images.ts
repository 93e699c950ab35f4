import { randomBytes, randomInt } from 'node:crypto'
import { digestOf } from '../digest'
import { imageManifest, manifestType } from '../image-manifest'
import { type Client, isUnclear } from './client'

const mebibyte = 1024 * 1024

/** One in so many layers is long: several parts of a multipart upload. */
const longEach = 12

/** How often somebody goes on with an upload before giving it up. */
const resumesMax = 4

/** An image that was pushed, or was to be. */
export interface PushedImage {
  readonly path: string
  readonly tag: string
  readonly manifest: Buffer
  readonly blobs: readonly string[]
  /** `acknowledged`: it must be there. `deleted`: it must not. `unclear`: whole, or not there. */
  state: 'acknowledged' | 'deleted' | 'unclear'
}

/** What people pushed, and what they saw that must not be. */
export class Images {
  readonly all: PushedImage[] = []
  readonly violations: string[] = []
  readonly counts = {
    pushed: 0,
    bytes: 0,
    readBack: 0,
    resumed: 0,
    deleted: 0,
    givenUp: 0,
    unclear: 0,
    readAtTheEnd: 0,
  }

  /** Pushes one image, reads it back, and maybe deletes an earlier one. Any request may fail; none may be answered wrongly. */
  async pushOne(client: Client, path: string, tag: string, mayDelete: boolean): Promise<void> {
    const size = randomInt(longEach) === 0 ? randomInt(9, 20) * mebibyte : randomInt(1, 200_000)
    const layer = randomBytes(size)
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', created: tag }))
    if (!(await this.#pushBlob(client, path, config, 1)) || !(await this.#pushBlob(client, path, layer, 3))) {
      this.counts.givenUp++
      return
    }
    const manifest = imageManifest(config, layer)
    const blobs = [digestOf(config), digestOf(layer)]
    const image: PushedImage = { path, tag, manifest, blobs, state: 'unclear' }
    const headers = { 'content-type': manifestType }
    const answer = await client.send('PUT', `/v2/${path}/manifests/${tag}`, { headers, body: manifest })
    if (isUnclear(answer)) {
      this.all.push(image)
      this.counts.unclear++
      return
    }
    // A collection has taken a blob that waited for too long: the client is told, and pushes again.
    if (answer?.status === 404) {
      this.counts.givenUp++
      return
    }
    if (answer?.status !== 201) {
      this.violations.push(`PUT of ${path}:${tag} was answered ${answer?.status} ${answer?.body.toString()}`)
      return
    }
    image.state = 'acknowledged'
    this.all.push(image)
    this.counts.pushed++
    this.counts.bytes += size
    await this.#readBack(client, image)
    if (mayDelete && randomInt(2) === 0) await this.#deleteOne(client, path)
  }

  /** Reads everything that was ever acknowledged through `client`, and that what was deleted is not there. */
  async readAll(client: Client): Promise<void> {
    const open = [...this.all]
    const reader = async () => {
      for (let image = open.pop(); image !== undefined; image = open.pop()) {
        const byTag = await client.send('GET', `/v2/${image.path}/manifests/${image.tag}`)
        const byDigest = await client.send('GET', `/v2/${image.path}/manifests/${digestOf(image.manifest)}`)
        this.counts.readAtTheEnd++
        if (image.state === 'deleted') {
          if (byTag?.status !== 404 || byDigest?.status !== 404)
            this.#report(image, 'is there after its deletion', byTag?.status)
          continue
        }
        if (image.state === 'unclear' && byDigest?.status === 404) continue
        if (image.state === 'acknowledged') this.#expect(image, 'the tag', byTag, image.manifest)
        this.#expect(image, 'the manifest', byDigest, image.manifest)
        for (const digest of image.blobs) {
          const blob = await client.send('GET', `/v2/${image.path}/blobs/${digest}`)
          if (blob?.status !== 200) this.#report(image, `blob ${digest} is lost`, blob?.status)
          else if (digestOf(blob.body) !== digest) this.#report(image, `blob ${digest} has other bytes`, blob.status)
        }
      }
    }
    await Promise.all(Array.from({ length: 6 }, reader))
  }

  async #readBack(client: Client, image: PushedImage): Promise<void> {
    const answer = await client.send('GET', `/v2/${image.path}/manifests/${image.tag}`)
    if (!isUnclear(answer)) this.#expect(image, 'the tag, at once', answer, image.manifest)
    const digest = image.blobs[randomInt(image.blobs.length)] ?? ''
    const blob = await client.send('GET', `/v2/${image.path}/blobs/${digest}`)
    if (isUnclear(blob)) return
    this.counts.readBack++
    if (blob?.status !== 200 || digestOf(blob.body) !== digest)
      this.#report(image, `blob ${digest}, at once`, blob?.status)
  }

  /** Of the images of this repository, whose only user the caller is, any one. */
  async #deleteOne(client: Client, path: string): Promise<void> {
    const images = this.all.filter((image) => image.path === path && image.state === 'acknowledged')
    const image = images[randomInt(Math.max(images.length, 1))]
    if (image === undefined) return
    image.state = 'unclear'
    const answer = await client.send('DELETE', `/v2/${path}/manifests/${digestOf(image.manifest)}`)
    if (isUnclear(answer)) return
    if (answer?.status !== 202) this.#report(image, 'could not be deleted', answer?.status)
    image.state = 'deleted'
    this.counts.deleted++
  }

  /**
   * Pushes a blob in `chunks` requests, each to any server. After one that was not answered, it asks how far the upload is
   * and goes on, as clients do. False when it gives up.
   */
  async #pushBlob(client: Client, path: string, content: Buffer, chunks: number): Promise<boolean> {
    const started = await client.send('POST', `/v2/${path}/blobs/uploads/`)
    if (started?.status !== 202) return false
    const location = new URL(started.headers.location ?? '', 'http://any').pathname
    const chunkBytes = Math.ceil(content.length / chunks)
    for (let size = 0, attempt = 0; size < content.length; attempt++) {
      if (attempt > chunks + resumesMax) return false
      const headers = { 'content-range': `${size}-${Math.min(size + chunkBytes, content.length) - 1}` }
      const sent = await client.send('PATCH', location, { headers, body: content.subarray(size, size + chunkBytes) })
      const asked = sent?.status === 202 ? sent : await client.send('GET', location)
      if (asked?.status === 404) return false
      const last = Number(/^0-([0-9]+)$/.exec(String(asked?.headers.range))?.[1] ?? 0)
      if (sent?.status === 202 && last + 1 < size + chunkBytes && last + 1 !== content.length) {
        this.violations.push(`${location}: acknowledged bytes are lost: ${last + 1} of ${size + chunkBytes}`)
      }
      if (sent?.status !== 202) this.counts.resumed++
      size = last === 0 ? 0 : last + 1
    }
    for (let attempt = 0; attempt < resumesMax; attempt++) {
      const ended = await client.send('PUT', `${location}?digest=${digestOf(content)}`)
      if (ended?.status === 201) return true
      // It may have become the blob without an answer.
      if (ended?.status !== 404 && !isUnclear(ended)) return false
      const found = await client.send('HEAD', `/v2/${path}/blobs/${digestOf(content)}`)
      if (found?.status === 200) return true
      if (ended?.status === 404) return false
    }
    return false
  }

  #expect(image: PushedImage, what: string, answer: { status: number; body: Buffer } | null, content: Buffer): void {
    if (answer?.status !== 200) this.#report(image, `${what} is lost`, answer?.status)
    else if (!answer.body.equals(content)) this.#report(image, `${what} has other bytes`, answer.status)
  }

  #report({ path, tag, state }: PushedImage, what: string, status: number | undefined): void {
    this.violations.push(`${path}:${tag} (${state}): ${what}: ${status}`)
  }
}
