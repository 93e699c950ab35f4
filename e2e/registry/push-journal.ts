import { randomBytes, randomInt } from 'node:crypto'
import type { Agent } from 'node:http'
import { digestOf } from '../digest'
import { imageManifest, manifestType } from '../image-manifest'
import type { ServerInfo } from '../server'
import { type Answer, type Extras, send } from './http'

const chunkBytes = 64 * 1024
const chunksMax = 4

/** A blob or manifest that a client pushed, or tried to. */
export interface Pushed {
  /** Of the repository. */
  readonly path: string
  readonly digest: string
  /** Whether the server said that it has it. */
  acknowledged: boolean
}

/** A tag that a client pushed, or tried to. */
export interface PushedTag {
  readonly path: string
  readonly name: string
  /** What the server last said it points at; null before it did. */
  acknowledged: string | null
  /** What a push that got no answer may have made of it. */
  unanswered: string | null
}

/** An upload that the server opened. */
export interface OpenUpload {
  readonly path: string
  readonly location: string
  readonly content: Buffer
  /** How many bytes the server said that it has. */
  acknowledgedBytes: number
  /** Whether the request that makes it a blob was sent: it may have become one. */
  isFinishing: boolean
}

/** What the server has acknowledged, and what it may have done without an answer, as its clients know it. */
export class PushJournal {
  readonly blobs: Pushed[] = []
  readonly manifests: Pushed[] = []
  readonly tags: PushedTag[] = []
  readonly uploads = new Set<OpenUpload>()
  #answers = 0
  #waiting: { answers: number; resolve: () => void } | null = null

  /** To be called for every answer of the server. */
  countAnswer(): void {
    this.#answers++
    if (this.#waiting !== null && this.#answers >= this.#waiting.answers) this.#waiting.resolve()
  }

  /** Resolves after this many more answers. */
  whenAnswered(answers: number): Promise<void> {
    return new Promise((resolve) => (this.#waiting = { answers: this.#answers + answers, resolve }))
  }
}

/** Somebody who pushes images, each under a tag of its own and, where `movingTag` is given, under that one too. */
export interface Person {
  readonly server: ServerInfo
  readonly agent: Agent
  readonly path: string
  readonly name: string
  readonly movingTag: string | null
  /** Instead of the administrator's password. */
  readonly authorization?: string
  /** Ends the pushes, after an image. */
  readonly signal?: AbortSignal
}

/** Pushes one image after the other until a connection is lost. Rejects when the server refuses anything. */
export async function pushUntilKilled(person: Person, journal: PushJournal): Promise<void> {
  for (let image = 0; person.signal?.aborted !== true; image++) {
    try {
      await pushImage(person, journal, `${person.name}-${image}`)
    } catch (error) {
      if (isLostConnection(error)) return
      throw error
    }
  }
}

async function pushImage(person: Person, journal: PushJournal, tag: string): Promise<void> {
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', created: tag }))
  const layer = randomBytes(randomInt(1, chunksMax) * chunkBytes + randomInt(chunkBytes))
  await pushInOnePost(person, journal, config)
  await pushInChunks(person, journal, layer)
  const manifest = imageManifest(config, layer)
  const pushed = noteBegun(journal.manifests, person.path, digestOf(manifest))
  for (const name of [tag, ...(person.movingTag === null ? [] : [person.movingTag])]) {
    const target = findOrAddTag(journal, person.path, name)
    target.unanswered = pushed.digest
    const headers = { 'content-type': manifestType }
    await expectStatus(201, person, journal, 'PUT', `/v2/${person.path}/manifests/${name}`, { headers, body: manifest })
    pushed.acknowledged = true
    target.acknowledged = pushed.digest
    target.unanswered = null
  }
}

async function pushInOnePost(person: Person, journal: PushJournal, content: Buffer): Promise<void> {
  const blob = noteBegun(journal.blobs, person.path, digestOf(content))
  const path = `/v2/${person.path}/blobs/uploads/?digest=${blob.digest}`
  await expectStatus(201, person, journal, 'POST', path, { body: content })
  blob.acknowledged = true
}

async function pushInChunks(person: Person, journal: PushJournal, content: Buffer): Promise<void> {
  const started = await expectStatus(202, person, journal, 'POST', `/v2/${person.path}/blobs/uploads/`)
  const location = started.headers.location ?? ''
  const upload = { path: person.path, location, content, acknowledgedBytes: 0, isFinishing: false }
  journal.uploads.add(upload)
  while (upload.acknowledgedBytes < content.length) {
    const chunk = content.subarray(upload.acknowledgedBytes, upload.acknowledgedBytes + chunkBytes)
    await expectStatus(202, person, journal, 'PATCH', location, { body: chunk })
    upload.acknowledgedBytes += chunk.length
  }
  const blob = noteBegun(journal.blobs, person.path, digestOf(content))
  upload.isFinishing = true
  await expectStatus(201, person, journal, 'PUT', `${location}?digest=${blob.digest}`)
  blob.acknowledged = true
  journal.uploads.delete(upload)
}

async function expectStatus(
  status: number,
  { server, agent, authorization }: Person,
  journal: PushJournal,
  method: string,
  path: string,
  extras: Extras = {},
): Promise<Answer> {
  const headers = { ...(authorization !== undefined && { authorization }), ...extras.headers }
  const answer = await send(server, method, path, { ...extras, headers, agent })
  journal.countAnswer()
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`)
  return answer
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(ECONNRESET|ECONNREFUSED|EPIPE)$/.test(String(error.code))
}

function noteBegun(list: Pushed[], path: string, digest: string): Pushed {
  const pushed = { path, digest, acknowledged: false }
  list.push(pushed)
  return pushed
}

function findOrAddTag(journal: PushJournal, path: string, name: string): PushedTag {
  const existing = journal.tags.find((tag) => tag.path === path && tag.name === name)
  if (existing !== undefined) return existing
  const added = { path, name, acknowledged: null, unanswered: null }
  journal.tags.push(added)
  return added
}
