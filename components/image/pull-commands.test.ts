import { expect, test } from 'vitest'
import { pullCommand, pullTools, toolsFor } from './pull-commands'
import type { PullTool } from './pull-commands'

const address = 'registry.example.com/team/group/app'
const digest = `sha256:${'a'.repeat(64)}`

function textOf(tool: PullTool, reference: { tag: string } | { digest: string }): string {
  return pullCommand(tool, { address, reference })
    .map((part) => (typeof part === 'string' ? part : part.variable))
    .join('')
}

test.each([
  ['docker', `docker pull ${address}:v1`],
  ['podman', `podman pull ${address}:v1`],
  ['nerdctl', `nerdctl pull ${address}:v1`],
  ['skopeo', `skopeo copy docker://${address}:v1 dir:app`],
  ['crane', `crane pull ${address}:v1 app.tar`],
  ['oras', `oras pull ${address}:v1`],
  ['helm', `helm pull oci://${address} --version v1`],
  ['kubernetes', `image: ${address}:v1`],
] as const)('%s pulls by tag', (tool, command) => {
  expect(textOf(tool, { tag: 'v1' })).toBe(command)
})

test.each(pullTools)('%s pulls by digest', (tool) => {
  expect(textOf(tool, { digest })).toContain(`${address}@${digest}`)
})

test('the version of a chart is written with the sign that its tag cannot have', () => {
  expect(textOf('helm', { tag: '1.2.3_build.4' })).toContain('--version 1.2.3+build.4')
})

test.each([
  ['image', 'docker', 'helm'],
  ['index', 'kubernetes', 'helm'],
  ['helmChart', 'helm', 'docker'],
  ['artifact', 'oras', 'kubernetes'],
  ['sbom', 'oras', 'docker'],
] as const)('of %s, %s is offered and %s is not', (kind, offered, left) => {
  expect(toolsFor(kind)).toContain(offered)
  expect(toolsFor(kind)).not.toContain(left)
})
