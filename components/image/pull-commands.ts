import type { CommandLine } from '../ui/code-block'

/** What a person pulls with. */
export const pullTools = ['docker', 'podman', 'nerdctl', 'skopeo', 'crane', 'oras', 'helm', 'kubernetes'] as const
export type PullTool = (typeof pullTools)[number]

/** The tools that can pull something of this kind. */
export function toolsFor(kind: string): readonly PullTool[] {
  if (kind === 'helmChart') return ['helm', 'oras', 'skopeo', 'crane']
  if (kind === 'image' || kind === 'index') return pullTools.filter((tool) => tool !== 'helm' && tool !== 'oras')
  return ['oras', 'skopeo', 'crane']
}

interface Pulled {
  /** Host and path. */
  address: string
  /** The tag, or the digest where there is no tag or the digest is asked for. */
  reference: { tag: string } | { digest: string }
}

/** The command that pulls it; for Kubernetes, the line of a container's description. */
export function pullCommand(tool: PullTool, { address, reference }: Pulled): CommandLine {
  const end = { variable: 'tag' in reference ? `:${reference.tag}` : `@${reference.digest}` }
  const name = address.slice(address.lastIndexOf('/') + 1)
  switch (tool) {
    case 'skopeo':
      return [`skopeo copy docker://${address}`, end, ` dir:${name}`]
    case 'crane':
      return [`crane pull ${address}`, end, ` ${name}.tar`]
    case 'helm':
      // Helm has no tags: it writes the `+` of a version, which no tag may have, as `_`.
      return 'tag' in reference
        ? [`helm pull oci://${address} --version `, { variable: reference.tag.replaceAll('_', '+') }]
        : [`helm pull oci://${address}`, end]
    case 'kubernetes':
      return [`image: ${address}`, end]
    default:
      return [`${tool} pull ${address}`, end]
  }
}
