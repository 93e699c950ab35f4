import { test } from '@playwright/test'
import type { Buildah } from './buildah'
import { CommandLine, type CommandResult } from './command-line'
import type { Ctr } from './containerd'
import type { Docker } from './docker'
import type { HomeClient } from './go-clients'
import { architectureHere, configInLayout, layoutTag, writeImageLayout, writeIndexLayout } from './oci-layout'
import type { Podman } from './podman'
import type { Skopeo } from './skopeo'
import type { ServerInfo } from '../server'
import { uniqueName } from '../unique-name'

/** What is in the file of an image, by architecture. */
type Contents = Readonly<Record<string, string>>

/** What a person does with a client, whichever it is. Registries and images are named as in docker's commands. */
export interface Pusher {
  logIn(registry: string, admin: ServerInfo['admin']): Promise<void>
  /** Makes an image of one file with this content; resolves with what `push` takes. */
  makeImage(content: string): Promise<string>
  /** Resolves however it ends. */
  push(image: string, target: string): Promise<CommandResult>
  /** Pushes an index of an image of one file for each architecture. Resolves however it ends. */
  pushIndex(contents: Contents, target: string): Promise<CommandResult>
  /**
   * Pulls under a name that the client has forgotten, of an index the image for the architecture; resolves with the
   * digest of the image's configuration.
   */
  pull(source: string, architecture?: string): Promise<string>
  /** Makes `target` what `source` is, with all that the client has to avoid sending it. */
  copy(source: string, target: string): Promise<unknown>
  /** The digest of the configuration of an image that `makeImage` made. */
  configOf(image: string): Promise<string>
  /** What it prints of a refused overwrite, where that is not the registry's sentence. */
  readonly refusal?: string
  /** Whether it prints the registry's warnings (RFC 9111, `Warning: 299`). */
  readonly showsWarnings?: boolean
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
    async pushIndex(contents, target) {
      const images: string[] = []
      for (const [architecture, content] of Object.entries(contents)) {
        const image = `${target}-${architecture}`
        await docker.run(['tag', await docker.importImage(content), image])
        await docker.run(['push', image])
        images.push(image)
      }
      await docker.run(['manifest', 'create', '--insecure', target, ...images])
      // Its import knows one architecture, this machine's.
      for (const architecture of Object.keys(contents)) {
        await docker.run(['manifest', 'annotate', '--arch', architecture, target, `${target}-${architecture}`])
      }
      return docker.attempt(['manifest', 'push', '--insecure', target])
    },
    async pull(source, architecture = architectureHere) {
      await docker.attempt(['image', 'rm', source])
      await docker.run(['pull', '--platform', `linux/${architecture}`, source])
      return docker.run(['image', 'inspect', '--format', '{{.Id}}', source])
    },
    async copy(source, target) {
      await docker.run(['pull', source])
      await docker.run(['tag', source, target])
      await docker.run(['push', target])
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
    async pushIndex(contents, target) {
      const folder = newFolder()
      await writeIndexLayout(folder, contents)
      const list = uniqueName('list')
      await client.run(['manifest', 'create', list])
      await client.run(['manifest', 'add', '--all', list, `oci:${folder}:${layoutTag}`])
      return client.attempt(['manifest', 'push', '--all', insecure, list, `docker://${target}`])
    },
    async pull(source, architecture = architectureHere) {
      const id = await client.run(['pull', '--quiet', '--arch', architecture, insecure, source])
      return `sha256:${id}`
    },
    async copy(source, target) {
      const id = await client.run(['pull', '--quiet', insecure, source])
      await client.run(['push', insecure, id, `docker://${target}`])
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
    async pushIndex(contents, target) {
      const folder = newFolder()
      await writeIndexLayout(folder, contents)
      const index = `oci:${folder}:${layoutTag}`
      return skopeo.attempt(['copy', '--all', '--dest-tls-verify=false', index, `docker://${target}`])
    },
    async pull(source, architecture = architectureHere) {
      const copy = `oci:${newFolder()}:${layoutTag}`
      const only = ['--override-arch', architecture]
      await skopeo.run([...only, 'copy', '--src-tls-verify=false', `docker://${source}`, copy])
      return configOf(copy)
    },
    copy: (source, target) =>
      skopeo.run([
        'copy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        `docker://${source}`,
        `docker://${target}`,
      ]),
    configOf,
  }
}

/** For the clients that exchange images with folders, OCI image layouts, which they name `<folder>:latest`. */
function layoutPusher(client: {
  logIn: Pusher['logIn']
  push: (folder: string, target: string) => Promise<CommandResult>
  pull: (source: string, folder: string, platform: string) => Promise<unknown>
  copy: Pusher['copy']
}): Pusher {
  return {
    logIn: client.logIn,
    async makeImage(content) {
      const folder = newFolder()
      await writeImageLayout(folder, content)
      return folder
    },
    push: client.push,
    async pushIndex(contents, target) {
      const folder = newFolder()
      await writeIndexLayout(folder, contents)
      return client.push(folder, target)
    },
    async pull(source, architecture = architectureHere) {
      const folder = newFolder()
      await client.pull(source, folder, `linux/${architecture}`)
      return configInLayout(folder)
    },
    copy: client.copy,
    configOf: configInLayout,
    showsWarnings: true,
  }
}

export function cranePusher(crane: HomeClient): Pusher {
  return layoutPusher({
    async logIn(registry, { name, password }) {
      await crane.run(['auth', 'login', '--username', name, '--password-stdin', registry], password)
    },
    push: (folder, target) => crane.attempt(['push', folder, target]),
    pull: (source, folder, platform) => crane.run(['pull', '--format', 'oci', '--platform', platform, source, folder]),
    copy: (source, target) => crane.run(['copy', source, target]),
  })
}

export function orasPusher(oras: HomeClient): Pusher {
  const layout = (folder: string) => `${folder}:${layoutTag}`
  return layoutPusher({
    async logIn(registry, { name, password }) {
      await oras.run(['login', '--plain-http', '--username', name, '--password-stdin', registry], password)
    },
    push: (folder, target) => oras.attempt(['copy', '--from-oci-layout', layout(folder), '--to-plain-http', target]),
    pull: (source, folder, platform) =>
      oras.run(['copy', '--platform', platform, '--from-plain-http', source, '--to-oci-layout', layout(folder)]),
    copy: (source, target) => oras.run(['copy', '--from-plain-http', source, '--to-plain-http', target]),
  })
}

export function regctlPusher(regctl: HomeClient): Pusher {
  const layout = (folder: string) => `ocidir://${folder}:${layoutTag}`
  return layoutPusher({
    async logIn(registry, { name, password }) {
      await regctl.run(['registry', 'set', '--skip-check', '--tls', 'disabled', registry])
      await regctl.run(['registry', 'login', '--user', name, '--pass-stdin', registry], password)
    },
    push: (folder, target) => regctl.attempt(['image', 'copy', layout(folder), target]),
    pull: (source, folder, platform) => regctl.run(['image', 'copy', '--platform', platform, source, layout(folder)]),
    copy: (source, target) => regctl.run(['image', 'copy', source, target]),
  })
}

interface Manifest {
  readonly config: { readonly digest: string }
  /** Of an index, which has no configuration. */
  readonly manifests?: readonly { readonly digest: string; readonly platform: { readonly architecture: string } }[]
}

export function ctrPusher(ctr: Ctr): Pusher {
  let logOn: string[] = []
  const configOf = async (client: Ctr, image: string, architecture = architectureHere) => {
    const manifest = JSON.parse(await client.content(await client.digestOf(image))) as Manifest
    const child = manifest.manifests?.find(({ platform }) => platform.architecture === architecture)
    const ofPlatform = child === undefined ? manifest : (JSON.parse(await client.content(child.digest)) as Manifest)
    return ofPlatform.config.digest
  }
  return {
    logIn(_registry, admin) {
      logOn = ctr.logOn(admin)
      return Promise.resolve()
    },
    async makeImage(content) {
      const folder = newFolder()
      await writeImageLayout(folder, content)
      return importLayout(ctr, folder)
    },
    push: (image, target) => ctr.attempt(['images', 'push', ...logOn, target, image]),
    async pushIndex(contents, target) {
      const folder = newFolder()
      await writeIndexLayout(folder, contents)
      return ctr.attempt(['images', 'push', ...logOn, target, await importLayout(ctr, folder)])
    },
    async pull(source, architecture = architectureHere) {
      const forgetful = ctr.other()
      await forgetful.run(['images', 'pull', '--platform', `linux/${architecture}`, ...logOn, source])
      return configOf(forgetful, source, architecture)
    },
    async copy(source, target) {
      await ctr.run(['images', 'pull', ...logOn, source])
      await ctr.run(['images', 'push', ...logOn, target, source])
    },
    configOf: (image) => configOf(ctr, image),
    // containerd 1.6 prints a status that it does not expect, and no answer's text.
    refusal: 'unexpected status: 409 Conflict',
  }
}

/** Resolves with the name under which containerd has the image of the OCI image layout in `folder` now. */
async function importLayout(ctr: Ctr, folder: string): Promise<string> {
  const archive = `${folder}.tar`
  await new CommandLine('tar', ['--create', '--file', archive, '--directory', folder], {}).run(['.'])
  const name = uniqueName('imported')
  await ctr.run(['images', 'import', '--all-platforms', '--no-unpack', '--base-name', name, archive])
  return `${name}:${layoutTag}`
}

function newFolder(): string {
  return test.info().outputPath(uniqueName('image'))
}
