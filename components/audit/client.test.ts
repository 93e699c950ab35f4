import { expect, test } from 'vitest'
import { readClient } from './client'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

test.each([
  [
    'docker/28.2.2 go/go1.24.3 git-commit/45873be kernel/6.1 os/linux arch/amd64 UpstreamClient(Docker-Client/28.2.2)',
    'docker 28.2',
  ],
  ['skopeo/1.9.3', 'skopeo 1.9'],
  ['Buildah/1.28.2', 'buildah 1.28'],
  ['libpod/4.3.1', 'podman 4.3'],
  ['containers/5.23.1 (github.com/containers/image)', 'containers/image 5.23'],
  ['containerd/1.6.20+unknown', 'containerd 1.6'],
  ['Helm/3.18.4', 'Helm 3.18'],
  ['oras/1.2.0', 'ORAS 1.2'],
  ['cosign/v2.5.0 (linux; amd64)', 'cosign 2.5'],
  ['crane/v0.20.3 go-containerregistry/v0.20.3', 'crane 0.20'],
  ['go-containerregistry/v0.20.3', 'go-containerregistry 0.20'],
  ['AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2', 'Alibaba Cloud SDK 0.4'],
  [
    'AlibabaCloud (linux; amd64) Golang/1.20 Core/0.01 TeaDSL/1 HashiCorp-Terraform/1.9.8 Provider/terraform-provider-alicloud/1.247.0',
    'Terraform 1.9',
  ],
  ['curl/8.5.0', 'curl 8.5'],
  ['node', 'Node.js '],
])('%s is %s', (userAgent, name) => {
  const client = readClient(userAgent)
  expect(client?.kind === 'program' ? `${client.name} ${client.version}` : client).toBe(name)
})

test('a browser has its system', () => {
  expect(readClient(chrome)).toEqual({ kind: 'browser', browser: 'Chrome', system: 'Linux' })
})

test.each(['', 'my-own-script', '<b>docker</b>'])('%j is not known', (userAgent) => {
  expect(readClient(userAgent)).toBeNull()
})
