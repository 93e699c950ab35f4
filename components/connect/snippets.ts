import type { CommandLine } from '../ui/code-block'

/** The tools that the dialog knows, in the order of its tabs, with their own names. */
export const connectTools = [
  { key: 'docker', name: 'Docker' },
  { key: 'podman', name: 'Podman' },
  { key: 'skopeo', name: 'skopeo' },
  { key: 'helm', name: 'Helm' },
  { key: 'github', name: 'GitHub Actions' },
  { key: 'gitlab', name: 'GitLab CI' },
  { key: 'kubernetes', name: 'Kubernetes' },
  { key: 'terraform', name: 'Terraform' },
] as const
export type ConnectTool = (typeof connectTools)[number]['key']

/** Who connects, and to what. */
export interface Connection {
  /** Where clients log on: host, with its port. */
  registryHost: string
  /** What stands before repositories: that host, and the path of the instance where it needs one. */
  registryAddress: string
  /** Whether the registry is reached without TLS: some clients must be told so. */
  isPlainHttp: boolean
  /** As clients log on with it. */
  userName: string
  /** Null when it is not known any more: it was shown once. */
  secret: string | null
  /** What the commands are to act on; what is null is for the reader to choose. */
  namespace: string | null
  repository: string | null
  mayPush: boolean
}

/** What a step is for; its words are in the messages, under `connect.steps`. */
export type StepKey =
  | 'logIn'
  | 'push'
  | 'pull'
  | 'mirror'
  | 'copyOut'
  | 'pushChart'
  | 'pullChart'
  | 'githubSecret'
  | 'githubWorkflow'
  | 'gitlabVariable'
  | 'gitlabJob'
  | 'kubernetesApply'
  | 'kubernetesSecret'
  | 'kubernetesFile'
  | 'kubernetesFromFile'
  | 'kubernetesPod'
  | 'terraformSecret'
  | 'terraformProvider'

/** One step: what to run or where to put a file, after what the messages say of it. */
export interface ConnectStep {
  key: StepKey
  /** Empty for what is done in another program's pages. */
  lines: readonly CommandLine[]
  /** Whether the lines are a file, not commands. */
  isFile: boolean
}

/** The variable that holds the secret in pipelines. */
const secretVariable = 'STELE_SECRET'

/**
 * The steps with which a tool logs on, pushes and pulls. No command has the secret in it: it is read from standard input,
 * or from a variable of the pipeline. Only the manifest of a Kubernetes secret holds it, when it is known.
 */
export function connectSteps(tool: ConnectTool, connection: Connection): readonly ConnectStep[] {
  return steps[tool](connection)
}

const steps: Record<ConnectTool, (connection: Connection) => ConnectStep[]> = {
  docker: (to) => [
    commands('logIn', login('docker', to)),
    ...pushing(to, () =>
      commands('push', ['docker tag ', imageId, ' ', ...imageOf(to)], ['docker push ', ...imageOf(to)]),
    ),
    commands('pull', ['docker pull ', ...imageOf(to)]),
  ],

  podman: (to) => [
    commands('logIn', login('podman', to)),
    ...pushing(to, () => commands('push', [`podman push${tls(to)} `, imageId, ' ', ...imageOf(to)])),
    commands('pull', [`podman pull${tls(to)} `, ...imageOf(to)]),
  ],

  skopeo: (to) => [
    commands('logIn', login('skopeo', to)),
    ...pushing(to, () =>
      commands('mirror', [
        `skopeo copy --all --preserve-digests${tls(to, 'dest-')} docker://`,
        { variable: 'quay.io/acme/image:v1' },
        ' docker://',
        ...imageOf(to),
      ]),
    ),
    commands('copyOut', [`skopeo copy${tls(to, 'src-')} docker://`, ...imageOf(to), ' dir:', { variable: 'image' }]),
  ],

  helm: (to) => [
    commands('logIn', [...login('helm registry', to, to.isPlainHttp ? ' --plain-http' : '')]),
    ...pushing(to, () =>
      commands('pushChart', [
        `helm push${plain(to)} `,
        { variable: 'chart-1.0.0.tgz' },
        ` oci://${to.registryAddress}/`,
        ns(to),
      ]),
    ),
    commands('pullChart', [
      `helm pull${plain(to)} oci://${to.registryAddress}/`,
      ns(to),
      '/',
      { variable: to.repository ?? 'chart' },
      ' --version ',
      { variable: '1.0.0' },
    ]),
  ],

  github: (to) => [
    commands('githubSecret', [`gh secret set ${secretVariable} --repo `, { variable: 'acme/shop' }]),
    file('githubWorkflow', [
      [`name: ${to.mayPush ? 'push' : 'pull'}`],
      ['on:'],
      ['  push:'],
      ['    tags: [', { variable: "'v*'" }, ']'],
      ['permissions:'],
      ['  contents: read'],
      ['jobs:'],
      [`  ${to.mayPush ? 'push' : 'pull'}:`],
      ['    runs-on: ubuntu-latest'],
      ['    env:'],
      ['      IMAGE: ', ...pathOf(to), ':${{ github.ref_name }}'],
      ['    steps:'],
      ...(to.mayPush ? [['      - uses: actions/checkout@v5']] : []),
      ['      - name: Log in'],
      ['        env:'],
      [`          ${secretVariable}: \${{ secrets.${secretVariable} }}`],
      ['        run: ', ...pipedLogin(to)],
      ...(to.mayPush ? [['      - run: docker build --tag "$IMAGE" .'], ['      - run: docker push "$IMAGE"']] : []),
      ...(to.mayPush ? [] : [['      - run: docker pull "$IMAGE"']]),
    ]),
  ],

  gitlab: (to) => [
    file('gitlabVariable', []),
    file('gitlabJob', [
      [`${to.mayPush ? 'push' : 'pull'}:`],
      ['  image: docker:28'],
      ['  services: [docker:28-dind]'],
      ['  rules:'],
      ['    - if: $CI_COMMIT_TAG'],
      ['  variables:'],
      ['    IMAGE: ', ...pathOf(to), ':$CI_COMMIT_TAG'],
      ['  script:'],
      ['    - ', ...pipedLogin(to)],
      ...(to.mayPush ? [['    - docker build --tag "$IMAGE" .'], ['    - docker push "$IMAGE"']] : []),
      ...(to.mayPush ? [] : [['    - docker pull "$IMAGE"']]),
    ]),
  ],

  kubernetes: (to) => [
    ...(to.secret === null ? clusterSecretFromFile(to) : clusterSecret(to, to.secret)),
    file('kubernetesPod', [
      ['spec:'],
      ['  imagePullSecrets:'],
      ['    - name: stele'],
      ['  containers:'],
      ['    - name: ', { variable: to.repository?.split('/').at(-1) ?? 'image' }],
      ['      image: ', ...imageOf(to)],
    ]),
  ],

  terraform: (to) => [
    commands('terraformSecret', ['read -rs TF_VAR_stele_secret && export TF_VAR_stele_secret']),
    file('terraformProvider', [
      ['terraform {'],
      ['  required_providers {'],
      ['    docker = {'],
      ['      source = "kreuzwerker/docker"'],
      ['    }'],
      ['  }'],
      ['}'],
      [''],
      ['variable "stele_secret" {'],
      ['  type      = string'],
      ['  sensitive = true'],
      ['}'],
      [''],
      ['provider "docker" {'],
      ['  registry_auth {'],
      [`    address  = "${to.registryHost}"`],
      [`    username = "${to.userName}"`],
      ['    password = var.stele_secret'],
      ['  }'],
      ['}'],
      [''],
      ['resource "docker_image" "', { variable: 'app' }, '" {'],
      ['  name = "', ...imageOf(to), '"'],
      ['}'],
    ]),
  ],
}

const imageId = { variable: 'image-id' }

function commands(key: StepKey, ...lines: CommandLine[]): ConnectStep {
  return { key, lines, isFile: false }
}

function file(key: StepKey, lines: readonly CommandLine[]): ConnectStep {
  return { key, lines, isFile: true }
}

function pushing({ mayPush }: Connection, step: () => ConnectStep): ConnectStep[] {
  return mayPush ? [step()] : []
}

/** The log-on of a command-line client, with what else it needs. */
function login(client: string, to: Connection, options = client === 'docker' ? '' : tls(to)): CommandLine {
  return [`${client} login --username ${to.userName} --password-stdin${options} ${to.registryHost}`]
}

/** The log-on of a pipeline. `printf`, unlike `echo`, adds nothing and interprets nothing. */
function pipedLogin(to: Connection): CommandLine {
  return [`printf %s "$${secretVariable}" | `, ...login('docker', to)]
}

function tls({ isPlainHttp }: Connection, side: '' | 'src-' | 'dest-' = ''): string {
  return isPlainHttp ? ` --${side}tls-verify=false` : ''
}

function plain({ isPlainHttp }: Connection): string {
  return isPlainHttp ? ' --plain-http' : ''
}

function ns({ namespace }: Connection): CommandLine[number] {
  return namespace ?? { variable: 'namespace' }
}

function pathOf(to: Connection): CommandLine {
  return [`${to.registryAddress}/`, ns(to), '/', to.repository ?? { variable: 'image' }]
}

function imageOf(to: Connection): CommandLine {
  return [...pathOf(to), ':', { variable: 'v1' }]
}

/** The secret is known: a manifest that holds it, given to kubectl by standard input. */
function clusterSecret(to: Connection, secret: string): ConnectStep[] {
  return [
    commands('kubernetesApply', ['kubectl apply --namespace ', { variable: 'shop' }, ' --filename -']),
    file('kubernetesSecret', [
      ['apiVersion: v1'],
      ['kind: Secret'],
      ['metadata:'],
      ['  name: stele'],
      ['type: kubernetes.io/dockerconfigjson'],
      ['data:'],
      [`  .dockerconfigjson: ${btoa(dockerConfig(to, secret))}`],
    ]),
  ]
}

/** The secret is not known: podman writes the file from standard input, and kubectl takes it over. */
function clusterSecretFromFile(to: Connection): ConnectStep[] {
  return [
    commands('kubernetesFile', login('podman', to, ` --authfile pull.json${tls(to)}`)),
    commands('kubernetesFromFile', [
      'kubectl create secret generic stele --namespace ',
      { variable: 'shop' },
      ' --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=pull.json',
    ]),
  ]
}

/** The configuration file of docker, podman and skopeo, as the kubelet reads it too. */
function dockerConfig({ registryHost, userName }: Connection, secret: string): string {
  const auth = btoa(`${userName}:${secret}`)
  return JSON.stringify({ auths: { [registryHost]: { username: userName, password: secret, auth } } })
}
