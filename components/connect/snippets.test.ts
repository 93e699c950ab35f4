import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Connection, type ConnectTool, connectSteps, connectTools } from './snippets'

const connection: Connection = {
  registryHost: 'example-registry.cn-hangzhou.cr.example.com:8443',
  registryAddress: 'example-registry.cn-hangzhou.cr.example.com:8443',
  isPlainHttp: false,
  userName: 'robot+ci',
  secret: 'S3cr3tOfARobot',
  namespace: 'team',
  repository: 'web/shop',
  mayPush: true,
}

/** The text of each step, as it is copied. */
function texts(tool: ConnectTool, change: Partial<Connection> = {}): Record<string, string> {
  const steps = connectSteps(tool, { ...connection, ...change })
  return Object.fromEntries(
    steps.map(({ key, lines }) => [
      key,
      lines.map((line) => line.map((part) => (typeof part === 'string' ? part : part.variable)).join('')).join('\n'),
    ]),
  )
}

const image = `${connection.registryHost}/team/web/shop`

test.each([
  ['docker', `docker login --username robot+ci --password-stdin ${connection.registryHost}`],
  ['podman', `podman login --username robot+ci --password-stdin ${connection.registryHost}`],
  ['skopeo', `skopeo login --username robot+ci --password-stdin ${connection.registryHost}`],
  ['helm', `helm registry login --username robot+ci --password-stdin ${connection.registryHost}`],
] as const)('%s logs on with the secret from standard input', (tool, command) => {
  expect(texts(tool)['logIn']).toBe(command)
})

test('without TLS, the clients that must be told are told; docker has no such option', () => {
  const isPlainHttp = true
  expect(texts('podman', { isPlainHttp })['logIn']).toContain(' --tls-verify=false ')
  expect(texts('podman', { isPlainHttp })['push']).toBe(`podman push --tls-verify=false image-id ${image}:v1`)
  expect(texts('skopeo', { isPlainHttp })['mirror']).toContain(' --dest-tls-verify=false ')
  expect(texts('skopeo', { isPlainHttp })['copyOut']).toContain(' --src-tls-verify=false ')
  expect(texts('helm', { isPlainHttp })['pushChart']).toContain('helm push --plain-http ')
  expect(texts('docker', { isPlainHttp })).toEqual(texts('docker'))
})

describe.each(connectTools.map(({ key }) => key))('%s', (tool) => {
  test('no step but the manifest of Kubernetes has the secret in it', () => {
    for (const [key, text] of Object.entries(texts(tool))) {
      const decoded = text.replace(/[A-Za-z0-9+/=]{40,}/g, (part) => part + atob(part))
      expect(decoded.includes('S3cr3tOfARobot')).toBe(key === 'kubernetesSecret')
    }
  })

  test('whoever may only pull is shown no push', () => {
    expect(JSON.stringify(texts(tool, { mayPush: false }))).not.toMatch(/(docker|podman|helm) (push|build|tag)|mirror/)
  })

  test('without a namespace, the reader fills one in', () => {
    const text = JSON.stringify(connectSteps(tool, { ...connection, namespace: null, repository: null }))
    expect(text).not.toMatch(/null|undefined/)
  })
})

test('GitHub: a workflow that logs on with the repository’s secret, builds and pushes', () => {
  const workflow = parse(texts('github')['githubWorkflow'] ?? '') as Record<string, unknown>
  expect(workflow).toEqual({
    name: 'push',
    on: { push: { tags: ['v*'] } },
    permissions: { contents: 'read' },
    jobs: {
      push: {
        'runs-on': 'ubuntu-latest',
        env: { IMAGE: `${image}:\${{ github.ref_name }}` },
        steps: [
          { uses: 'actions/checkout@v5' },
          {
            name: 'Log in',
            env: { STELE_SECRET: '${{ secrets.STELE_SECRET }}' },
            run: `printf %s "$STELE_SECRET" | docker login --username robot+ci --password-stdin ${connection.registryHost}`,
          },
          { run: 'docker build --tag "$IMAGE" .' },
          { run: 'docker push "$IMAGE"' },
        ],
      },
    },
  })
})

test('GitLab: a job that pulls, for a robot that may do no more', () => {
  expect(parse(texts('gitlab', { mayPush: false })['gitlabJob'] ?? '')).toEqual({
    pull: {
      image: 'docker:28',
      services: ['docker:28-dind'],
      rules: [{ if: '$CI_COMMIT_TAG' }],
      variables: { IMAGE: `${image}:$CI_COMMIT_TAG` },
      script: [
        `printf %s "$STELE_SECRET" | docker login --username robot+ci --password-stdin ${connection.registryHost}`,
        'docker pull "$IMAGE"',
      ],
    },
  })
})

describe('Kubernetes', () => {
  test('the manifest holds the configuration that clients read', () => {
    const secret = parse(texts('kubernetes')['kubernetesSecret'] ?? '') as {
      type: string
      data: Record<string, string>
    }
    expect(secret.type).toBe('kubernetes.io/dockerconfigjson')
    expect(JSON.parse(atob(secret.data['.dockerconfigjson'] ?? ''))).toEqual({
      auths: {
        [connection.registryHost]: {
          username: 'robot+ci',
          password: 'S3cr3tOfARobot',
          auth: btoa('robot+ci:S3cr3tOfARobot'),
        },
      },
    })
  })

  test('a secret that is not known any more is read from standard input', () => {
    const shown = texts('kubernetes', { secret: null })
    expect(shown['kubernetesFile']).toBe(
      `podman login --username robot+ci --password-stdin --authfile pull.json ${connection.registryHost}`,
    )
    expect(Object.keys(shown)).toEqual(['kubernetesFile', 'kubernetesFromFile', 'kubernetesPod'])
  })

  test('the pod names the secret and the image', () => {
    expect(parse(texts('kubernetes')['kubernetesPod'] ?? '')).toEqual({
      spec: { imagePullSecrets: [{ name: 'stele' }], containers: [{ name: 'shop', image: `${image}:v1` }] },
    })
  })
})
