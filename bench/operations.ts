import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { digestOf } from '@/e2e/digest'
import { Connection, type Request, onConnections, pushBlob } from './client'
import { digestOfLength, manifestOf } from './content'
import type { Registry } from './registry'

const mebibyte = 1024 * 1024
const configBytes = 2

/** How long requests are repeated, in seconds. */
const repeatSeconds = 3

/** How many tags a page has. */
const pageTags = 100

/** Largest number of `tag` parameters in one push. */
const tagsPerPush = 10

/** An operation to measure. */
export interface Operation {
  readonly name: string
  readonly unit: 'MB/s' | 'requests/s' | 'pushes/s' | 'ms'
  /** Prepares the operation; returns the function to measure. */
  prepare(registry: Registry): Promise<() => Promise<Work>>
  /** Removes what it has left. Not measured. */
  clear?(registry: Registry): Promise<void>
}

/** The amount of work (bytes if the unit is MB/s, 1 if it is ms) and its duration in seconds. */
export interface Work {
  readonly amount: number
  readonly seconds: number
}

/** An upload of `atOnce` new blobs in parallel. */
export function upload(atOnce: number, sizeMiB: number): Operation {
  return {
    name: `blob upload, ${atOnce} at a time, ${sizeText(sizeMiB)}`,
    unit: 'MB/s',
    async prepare(registry) {
      // Each has its own length, so that none exists already.
      const lengths = Array.from({ length: atOnce }, () => sizeMiB * mebibyte + nextSalt())
      lengths.forEach(digestOfLength)
      const repository = `${registry.namespace}/${uniqueName()}`
      const pusher = await withToken(registry, repository)
      const push = (connection: Connection, index: number) => pushBlob(connection, repository, lengths[index] ?? 0)
      return () => timed(sum(lengths), () => onConnections(pusher, atOnce, push))
    },
    // Otherwise each takes other memory, which a virtual machine may have to get from its host, and the system writes what
    // one registry has not synced while another is measured.
    clear: (registry) => registry.removeLargeBlobs(),
  }
}

/** `atOnce` parallel downloads of one blob, from the page cache. */
export function download(atOnce: number, sizeMiB: number): Operation {
  const pushedOnce = oncePerRegistry<{ repository: string; digest: string | undefined }>()
  return {
    name: `blob download, ${atOnce} at a time, ${sizeText(sizeMiB)}`,
    unit: 'MB/s',
    async prepare(registry) {
      const length = sizeMiB * mebibyte
      const { repository, digest } = await pushedOnce(registry, async () => {
        const repository = `${registry.namespace}/${uniqueName()}`
        const [digest] = await onConnections(registry, 1, (connection) => pushBlob(connection, repository, length))
        return { repository, digest }
      })
      const get = async (connection: Connection) => {
        await connection.send({ method: 'GET', path: `/v2/${repository}/blobs/${digest}` })
      }
      const puller = await withToken(registry, repository)
      await onConnections(puller, 1, get)
      return () => timed(length * atOnce, () => onConnections(puller, atOnce, get))
    },
  }
}

/** GET of a small image's manifest. */
export function manifestReads(by: 'tag' | 'digest'): Operation {
  return {
    name: `manifest GET by ${by}, 16 connections`,
    unit: 'requests/s',
    async prepare(registry) {
      const { repository, path, manifest } = await pushSmallImage(registry)
      const puller = await withToken(registry, repository)
      return repeated(puller, 'GET', `${path}/manifests/${by === 'tag' ? 'v1' : manifest}`)
    },
  }
}

/** How a request authenticates. */
export type Proof = 'anonymous' | 'Bearer' | 'Basic'

/** GET of a small image's manifest from a PUBLIC repository. */
export function manifestReadsAs(proof: Proof): Operation {
  return {
    name: `manifest GET, ${proof}, 16 connections`,
    unit: 'requests/s',
    async prepare(registry) {
      const { repository, path } = await pushSmallImage(registry, 'open')
      return repeated(await withProof(registry, proof, repository), 'GET', `${path}/manifests/v1`)
    },
  }
}

/** GET of a token to pull from a PUBLIC repository. */
export function tokenRequests(proof: Exclude<Proof, 'Bearer'>): Operation {
  return {
    name: `token, ${proof}, 16 connections`,
    unit: 'requests/s',
    async prepare(registry) {
      const { repository } = await pushSmallImage(registry, 'open')
      return repeated(await withProof(registry, proof, repository), 'GET', tokenPath(repository, 'pull'))
    },
  }
}

async function withProof(registry: Registry, proof: Proof, repository: string): Promise<Registry> {
  if (proof === 'Bearer') return withToken(registry, repository)
  return proof === 'Basic' ? registry : { ...registry, headers: {} }
}

/** The registry for requests with a Bearer token to pull and push, as container clients send them; Stele alone has any. */
async function withToken(registry: Registry, repository: string): Promise<Registry> {
  if (registry.kind !== 'stele') return registry
  const url = `http://127.0.0.1:${registry.port}${tokenPath(repository, 'pull,push')}`
  const { token } = (await (await fetch(url, { headers: registry.headers })).json()) as { token: string }
  return { ...registry, headers: { authorization: `Bearer ${token}` } }
}

function tokenPath(repository: string, actions: string): string {
  return `/v2/token?scope=repository:${repository}:${actions}`
}

/** HEAD of a small blob. */
export const blobHeads: Operation = {
  name: 'blob HEAD, 16 connections',
  unit: 'requests/s',
  async prepare(registry) {
    const { repository, path, config } = await pushSmallImage(registry)
    return repeated(await withToken(registry, repository), 'HEAD', `${path}/blobs/${config}`)
  },
}

/** PUT of a small image's manifest under a new tag, with a new manifest each time. */
export function manifestPushes(namespace?: string): Operation {
  return {
    name: 'manifest PUT, new tag, 8 connections',
    unit: 'pushes/s',
    async prepare(registry) {
      const { repository, path, config } = await pushSmallImage(registry, namespace)
      const pusher = await withToken(registry, repository)
      return () =>
        whileTimeLasts(pusher, 8, (connection, name) =>
          connection.send({
            method: 'PUT',
            path: `${path}/manifests/${name}`,
            body: manifestOf(config, configBytes, name),
          }),
        )
    },
  }
}

/**
 * Pushes of manifests, each under `tags` new tags of one repository, for `seconds`: at most `rate` tags a second. Returns the
 * rate that was reached.
 */
export async function pushAtRate(
  registry: Registry,
  { rate, seconds, tags }: { readonly rate: number; readonly seconds: number; readonly tags: number },
): Promise<number> {
  const { repository, path, config } = await pushSmallImage(registry)
  const pusher = await withToken(registry, repository)
  const start = performance.now()
  let begun = 0
  await onConnections(pusher, 16, async (connection) => {
    while (begun < rate * seconds) {
      const at = start + (begun / rate) * 1000
      begun += tags
      const early = at - performance.now()
      if (early > 0) await setTimeout(early)
      const name = `r${nextSalt()}`
      const body = manifestOf(config, configBytes, name)
      const names = Array.from({ length: tags }, (_, index) => `tag=${name}-${index}`)
      const reference = tags === 1 ? name : `${digestOf(body)}?${names.join('&')}`
      await connection.send({ method: 'PUT', path: `${path}/manifests/${reference}`, body })
    }
  })
  return begun / ((performance.now() - start) / 1000)
}

/** Requests of pulls, one after the other, for callers without credentials. */
export async function smallReads(registry: Registry): Promise<() => Request> {
  const { path, config, manifest } = await pushSmallImage(registry, registry.kind === 'stele' ? 'open' : undefined)
  return inTurns([
    { method: 'HEAD', path: `${path}/manifests/v1` },
    { method: 'GET', path: `${path}/manifests/${manifest}` },
    { method: 'HEAD', path: `${path}/blobs/${config}` },
  ])
}

/** Tokens and pushes of manifests, in turns. The same thousand tags again and again: what is stored does not grow. */
export async function smallWrites(registry: Registry): Promise<() => Request> {
  const { repository, path, config } = await pushSmallImage(registry)
  const pushes = Array.from({ length: 1000 }, (_, at): Request => {
    const name = `r${at}`
    return { method: 'PUT', path: `${path}/manifests/${name}`, body: manifestOf(config, configBytes, name) }
  })
  if (registry.kind !== 'stele') return inTurns(pushes)
  const token: Request = { method: 'GET', path: tokenPath(repository, 'pull') }
  return inTurns(pushes.flatMap((push) => [push, token]))
}

function inTurns(requests: readonly Request[]): () => Request {
  let turn = 0
  return () => requests[turn++ % requests.length] as Request
}

/** A page of 100 tags from the middle of a repository with `tags` tags, which are pushed first. */
export function tagPages(tags: number): Operation {
  const before = Math.floor((tags - pageTags) / 2)
  const after = before === 0 ? '' : `&last=${tagName(before - 1)}`
  const pushedOnce = oncePerRegistry<string>()
  return {
    name: `tags/list, ${pageTags} of ${tags.toLocaleString('en')}, 16 connections`,
    unit: 'requests/s',
    async prepare(registry) {
      const path = await pushedOnce(registry, () => pushManyTags(registry, tags))
      const puller = await withToken(registry, path.slice('/v2/'.length))
      return repeated(puller, 'GET', `${path}/tags/list?n=${pageTags}${after}`)
    },
  }
}

async function pushManyTags(registry: Registry, count: number): Promise<string> {
  const { path, config } = await pushSmallImage(registry)
  const names = Array.from({ length: count }, (_, index) => tagName(index))
  const body = manifestOf(config, configBytes, 'many tags')
  await onConnections(registry, 8, async (connection) => {
    while (names.length > 0) {
      const [first = '', ...others] = names.splice(0, tagsPerPush)
      const query = others.map((tag) => `tag=${tag}`).join('&')
      await connection.send({ method: 'PUT', path: `${path}/manifests/${first}?${query}`, body })
    }
  })
  return path
}

function tagName(index: number): string {
  return `t${String(index).padStart(7, '0')}`
}

async function pushSmallImage(registry: Registry, namespace = registry.namespace) {
  const repository = `${namespace}/${uniqueName()}`
  const path = `/v2/${repository}`
  const connection = new Connection(registry)
  const config = await pushBlob(connection, repository, configBytes)
  const body = manifestOf(config, configBytes, 'v1')
  const answer = await connection.send({ method: 'PUT', path: `${path}/manifests/v1`, body })
  connection.close()
  return { repository, path, config, manifest: answer.header('docker-content-digest') }
}

/** Repeats the same request on sixteen connections. */
export function repeated(registry: Registry, method: 'GET' | 'HEAD', path: string): () => Promise<Work> {
  return async () => {
    const start = performance.now()
    const end = start + repeatSeconds * 1000
    const counts = await onConnections(registry, 16, (connection) => connection.repeat({ method, path }, end))
    return { amount: sum(counts), seconds: (performance.now() - start) / 1000 }
  }
}

/** Counts how often `once` can run in the available time; it gets a new name each time. */
async function whileTimeLasts(
  registry: Registry,
  connections: number,
  once: (connection: Connection, name: string) => Promise<unknown>,
): Promise<Work> {
  const start = performance.now()
  const end = start + repeatSeconds * 1000
  let amount = 0
  await onConnections(registry, connections, async (connection) => {
    while (performance.now() < end) {
      await once(connection, `r${nextSalt()}`)
      amount++
    }
  })
  return { amount, seconds: (performance.now() - start) / 1000 }
}

/** Measures how long `work` takes. */
export async function timed(amount: number, work: () => Promise<unknown>): Promise<Work> {
  const start = performance.now()
  await work()
  return { amount, seconds: (performance.now() - start) / 1000 }
}

/** Returns a function that makes something for a registry at its first call, and returns that afterwards. */
function oncePerRegistry<T>(): (registry: Registry, make: () => Promise<T>) => Promise<T> {
  const made = new Map<Registry, Promise<T>>()
  return (registry, make) => {
    const known = made.get(registry) ?? make()
    made.set(registry, known)
    return known
  }
}

let salt = 0

function nextSalt(): number {
  return ++salt
}

function uniqueName(): string {
  return randomUUID().slice(0, 13)
}

function sizeText(sizeMiB: number): string {
  return sizeMiB % 1024 === 0 ? `${sizeMiB / 1024} GiB` : `${sizeMiB} MiB`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
