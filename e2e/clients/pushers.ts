import { test } from '@playwright/test'
import type { Buildah } from './buildah'
import type { CommandResult } from './command-line'
import type { Docker } from './docker'
import type { Podman } from './podman'
import type { Skopeo } from './skopeo'
import type { ServerInfo } from '../server'
import { uniqueName } from '../unique-name'

/** What a person does with a client, whichever it is. Registries and images are named as in docker's commands. */
export interface Pusher {
  logIn(registry: string, admin: ServerInfo['admin']): Promise<void>
  /** Makes an image of one file with this content; resolves with what `push` takes. */
  makeImage(content: string): Promise<string>
  /** Resolves however it ends. */
  push(image: string, target: string): Promise<CommandResult>
  /** Pulls under a name that the client has forgotten; resolves with the digest of the image's configuration. */
  pull(source: string): Promise<string>
  /** The digest of the configuration of an image that `makeImage` made. */
  configOf(image: string): Promise<string>
}

const insecure = '--tls-verify=false'

export function dockerPusher(docker: Docker): Pusher {
  return {
    async logIn(registry, { name, password }) {
      await docker.run(['login', '--username', name, '--password-stdin', registry], password)
    },
    async makeImage(content) {
      const image = await docker.importImage(content)
      // A name that nobody takes away: an image goes with its last name, and `pull` takes names away.
      await docker.run(['tag', image, `kept:${image.replace(/^sha256:/, '').slice(0, 12)}`])
      return image
    },
    async push(image, target) {
      await docker.run(['tag', image, target])
      return docker.attempt(['push', target])
    },
    async pull(source) {
      await docker.attempt(['image', 'rm', source])
      await docker.run(['pull', source])
      return docker.run(['image', 'inspect', '--format', '{{.Id}}', source])
    },
    configOf: (image) => Promise.resolve(image),
  }
}

/** For podman and buildah, which share their commands for this. */
function libimagePusher(client: Podman | Buildah, makeImage: (content: string) => Promise<string>): Pusher {
  return {
    async logIn(registry, { name, password }) {
      await client.run(['login', insecure, '--username', name, '--password-stdin', registry], password)
    },
    makeImage,
    push: (image, target) => client.attempt(['push', insecure, image, `docker://${target}`]),
    async pull(source) {
      const id = await client.run(['pull', '--quiet', insecure, source])
      return `sha256:${id}`
    },
    configOf: (image) => Promise.resolve(`sha256:${image.replace(/^sha256:/, '')}`),
  }
}

export function podmanPusher(podman: Podman): Pusher {
  return libimagePusher(podman, (content) => podman.importImage(content))
}

export function buildahPusher(buildah: Buildah): Pusher {
  return libimagePusher(buildah, (content) => buildah.buildImage(content))
}

export function skopeoPusher(skopeo: Skopeo): Pusher {
  const configOf = async (image: string, ...options: string[]) => {
    const manifest = JSON.parse(await skopeo.run(['inspect', '--raw', ...options, image])) as {
      config: { digest: string }
    }
    return manifest.config.digest
  }
  return {
    async logIn(registry, { name, password }) {
      await skopeo.run(['login', insecure, '--username', name, '--password-stdin', registry], password)
    },
    makeImage: (content) => skopeo.makeImage(content),
    push: (image, target) => skopeo.attempt(['copy', '--dest-tls-verify=false', image, `docker://${target}`]),
    async pull(source) {
      const copy = `oci:${test.info().outputPath(uniqueName('pulled'))}:latest`
      await skopeo.run(['copy', '--src-tls-verify=false', `docker://${source}`, copy])
      return configOf(copy)
    },
    configOf,
  }
}
