import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { manifestOf, manifestType, pushBlob, requestRate, send } from './client'
import type { Registry } from './registries'

const mebibyte = 1024 * 1024
const seconds = 3

/** Something to measure, the more the better. */
export interface Operation {
  readonly name: string
  readonly unit: 'MB/s' | 'requests/s' | 'pushes/s'
  /** At least so many times what Distribution does (registry.md, "Speed"). */
  readonly target: number
  measure(registry: Registry): Promise<number>
}

/** What is measured, in this order. */
export const operations: readonly Operation[] = [
  upload(1, 256, 1),
  upload(4, 64, 1),
  download(1, 256, 1),
  download(4, 256, 1),
  download(16, 64, 1),
  manifestReads('manifest GET by tag', (path) => `${path}/manifests/v1`, 8),
  manifestReads('manifest GET by digest', (path, { manifest }) => `${path}/manifests/${manifest}`, 8),
  {
    name: 'blob HEAD, 16 connections',
    unit: 'requests/s',
    target: 5,
    async measure(registry) {
      const { path, config } = await pushSmallImage(registry)
      return requestRate(registry, 'HEAD', `${path}/blobs/${config}`, { connections: 16, seconds })
    },
  },
  manifestPushes('manifest PUT, new tag, 8 connections', 2),
]

/** Manifest PUTs of new tags into a repository of `namespace`. */
export function manifestPushes(name: string, target: number, namespace?: string): Operation {
  return {
    name,
    unit: 'pushes/s',
    target,
    async measure(registry) {
      const { path, config } = await pushSmallImage(registry, namespace)
      const agent = new Agent({ keepAlive: true, maxSockets: 8 })
      const end = performance.now() + seconds * 1000
      let count = 0
      const push = async (connection: number) => {
        for (let index = 0; performance.now() < end; index++) {
          const tag = `t${connection}-${index}`
          const body = manifestOf(config, 2, tag)
          await send(registry, 'PUT', `${path}/manifests/${tag}`, {
            body,
            agent,
            headers: { 'content-type': manifestType },
          })
          count++
        }
      }
      await Promise.all(Array.from({ length: 8 }, (_, connection) => push(connection)))
      agent.destroy()
      return count / seconds
    },
  }
}

function upload(atOnce: number, sizeMiB: number, target: number): Operation {
  return {
    name: `blob upload, ${atOnce} at a time, ${sizeMiB} MiB`,
    unit: 'MB/s',
    target,
    async measure(registry) {
      // A size of its own for each, so that none of them is there already.
      const sizes = Array.from({ length: atOnce }, () => sizeMiB * mebibyte + nextSalt())
      return perSecond(sizes, () =>
        Promise.all(sizes.map((size) => pushBlob(registry, `${registry.namespace}/${uniqueName()}`, size))),
      )
    },
  }
}

function download(atOnce: number, sizeMiB: number, target: number): Operation {
  return {
    name: `blob download, ${atOnce} at a time, ${sizeMiB} MiB`,
    unit: 'MB/s',
    target,
    async measure(registry) {
      const repository = `${registry.namespace}/${uniqueName()}`
      const size = sizeMiB * mebibyte
      const digest = await pushBlob(registry, repository, size)
      const path = `/v2/${repository}/blobs/${digest}`
      await send(registry, 'GET', path)
      const sizes = Array.from({ length: atOnce }, () => size)
      return perSecond(sizes, () => Promise.all(sizes.map(() => send(registry, 'GET', path))))
    },
  }
}

function manifestReads(
  name: string,
  path: (repository: string, image: { manifest: string }) => string,
  target: number,
): Operation {
  return {
    name: `${name}, 16 connections`,
    unit: 'requests/s',
    target,
    async measure(registry) {
      const image = await pushSmallImage(registry)
      return requestRate(registry, 'GET', path(image.path, image), { connections: 16, seconds })
    },
  }
}

async function pushSmallImage(registry: Registry, namespace = registry.namespace) {
  const repository = `${namespace}/${uniqueName()}`
  const config = await pushBlob(registry, repository, 2)
  const path = `/v2/${repository}`
  const answer = await send(registry, 'PUT', `${path}/manifests/v1`, {
    body: manifestOf(config, 2, 'v1'),
    headers: { 'content-type': manifestType },
  })
  return { path, config, manifest: String(answer.headers['docker-content-digest']) }
}

async function perSecond(sizes: readonly number[], work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return bytes / 1e6 / ((performance.now() - start) / 1000)
}

let salt = 0

function nextSalt(): number {
  return ++salt
}

function uniqueName(): string {
  return randomUUID().slice(0, 13)
}
