/**
 * Who may import whom. Each folder lists all it may import of the repository; whatever is not listed is refused.
 * Tests and their helpers are free: they put together what the layers keep apart. `server.ts` and `scripts` are too.
 */

const domain = '^lib/domain/'
const limits = '^lib/limits/'
const secrets = '^lib/secrets/'
const storage = '^lib/storage/'
const transparency = '^lib/transparency/'
const metadata = '^lib/metadata/'
const auth = '^lib/auth/'
/** What of lib/auth the process keeps for all doors, in the context; it knows nothing of the context itself. */
const keptByProcess = '^lib/auth/(guessing|use)/'
const jobs = '^lib/jobs/'
const registry = '^lib/registry/'
/** What doors over node:http share. */
const sharedHttp = '^lib/http/'
const protocol = '^lib/protocol/'
const acr = '^lib/acr/'
const logDoor = '^lib/log-door/'
const server = '^lib/server/'
const route = '^lib/api/route/'
const operations = '^lib/api/operations/'
const schemas = '^lib/api/schemas/'
const client = '^lib/api/client/'
const i18n = '^lib/i18n/'
const components = '^components/'
const manual = '^lib/manual/'
const manualPages = '^app/\\(console\\)/docs/'

/** For every server folder but the domain. */
const settings = ['^lib/(config|config-storage|config-witnesses|log)\\.ts$']

/** The one object that server.ts makes. Every door and every use case works with it. */
const context = ['^lib/context\\.ts$', ...settings]

/** The rooms of lib/registry, and which of the other rooms each may import: never back. */
const rooms = {
  traffic: [],
  push: ['traffic', 'tags'],
  pull: ['traffic'],
  tags: ['repositories'],
  policy: ['repositories'],
  repositories: ['namespaces', 'instances'],
  namespaces: ['instances'],
  instances: [],
  grants: [],
  robots: ['grants', 'instances'],
  credentials: ['instances'],
  users: ['grants'],
  search: [],
  space: [],
  figures: [],
  audit: [],
  ledger: [],
  content: ['pull'],
  maintenance: [],
  transparency: [],
}

const tests = '\\.test\\.tsx?$|^lib/testing/|\\.contract\\.ts$'

/** Everything of the repository, as opposed to packages and Node's own modules. */
const ours = '^(app|bench|components|e2e|lib|prisma|prove|scripts)/|^[^/]+\\.(ts|tsx|mjs)$'

function mayImport(name, folder, others) {
  return {
    name,
    severity: 'error',
    from: { path: folder, pathNot: tests },
    to: { path: ours, pathNot: [folder, ...others] },
  }
}

function neverPackages(name, folder, packages) {
  return { name, severity: 'error', from: { path: folder, pathNot: tests }, to: { path: packages } }
}

const next = '^node_modules/(next|next-intl)/'
const http = '^(node:)?https?$'
const prisma = '^node_modules/(@prisma|prisma|better-sqlite3)/|^lib/metadata/generated/'

export default {
  forbidden: [
    mayImport('domain-is-pure', domain, []),
    {
      name: 'domain-has-no-packages',
      comment: 'No I/O and no framework: it also runs in the browser.',
      severity: 'error',
      from: { path: domain, pathNot: tests },
      to: { pathNot: [domain, '^lib/', '^node_modules/zod/'] },
    },
    mayImport('limits', limits, [domain]),
    mayImport('secrets', secrets, [domain, limits]),
    mayImport('storage', storage, [domain, ...settings]),
    // The Merkle tree, notes and what verifies a log: no I/O, so that an auditor’s tool can be made of it.
    mayImport('transparency', transparency, [domain]),
    {
      name: 'transparency-has-no-packages',
      comment: 'Of Node it needs cryptography only.',
      severity: 'error',
      from: { path: transparency, pathNot: tests },
      to: { pathNot: ['^lib/', '^(node:)?crypto$'] },
    },
    mayImport('metadata', metadata, [domain, transparency, ...settings]),
    mayImport('context', '^lib/context\\.ts$', [limits, secrets, storage, metadata, keptByProcess, jobs, ...settings]),
    mayImport('auth-of-the-process', keptByProcess, [domain, limits, secrets, metadata, ...settings]),
    mayImport('auth', auth, [domain, limits, secrets, metadata, ...context]),
    // Carried by the context, so it knows nothing of it.
    mayImport('jobs', jobs, [domain, metadata, ...settings]),
    mayImport('registry', registry, [domain, secrets, storage, transparency, metadata, jobs, ...context]),
    ...Object.entries(rooms).map(([room, others]) => ({
      name: `registry-${room}`,
      comment: 'Rooms of use cases build on each other in one direction.',
      severity: 'error',
      from: { path: `^lib/registry/${room}/`, pathNot: tests },
      to: { path: '^lib/registry/[^/]+/', pathNot: [room, ...others].map((other) => `^lib/registry/${other}/`) },
    })),
    {
      name: 'registry-rooms-are-listed',
      comment: 'A new room needs its line in `rooms`. What is shared by rooms knows none of them.',
      severity: 'error',
      from: { path: registry, pathNot: [tests, ...Object.keys(rooms).map((room) => `^lib/registry/${room}/`)] },
      to: { path: '^lib/registry/[^/]+/' },
    },
    mayImport('http', sharedHttp, [domain, '^lib/auth/client\\.ts$']),
    mayImport('protocol', protocol, [domain, secrets, auth, registry, sharedHttp, ...context]),
    // Of the languages only the names of regions.
    mayImport('acr', acr, [domain, limits, auth, registry, sharedHttp, '^lib/i18n/messages/', ...context]),
    mayImport('log-door', logDoor, [domain, auth, registry, sharedHttp, operations, ...context]),
    // Where everything is put together: only server.ts imports it. It reads the operations of the REST API to name the
    // one that a request is for.
    mayImport('server', server, [
      domain,
      limits,
      secrets,
      storage,
      transparency,
      metadata,
      auth,
      jobs,
      registry,
      sharedHttp,
      protocol,
      acr,
      logDoor,
      operations,
      ...context,
    ]),
    // As the server does: it has a process of its own.
    mayImport('command', '^lib/command/', [
      domain,
      secrets,
      storage,
      transparency,
      metadata,
      auth,
      registry,
      ...context,
    ]),
    mayImport('api-route', route, [domain, auth, registry, operations, schemas, ...context]),
    mayImport('api-operations', operations, [domain, schemas]),
    mayImport('api-schemas-and-client', '^lib/api/(schemas|client)/', [domain]),
    {
      name: 'api-schemas-and-client-have-no-packages',
      comment: 'They run in the browser and in other people’s clients.',
      severity: 'error',
      from: { path: '^lib/api/(schemas|client)/', pathNot: tests },
      to: { pathNot: ['^lib/', '^node_modules/zod/'] },
    },
    // The keys of witnesses are read as those of logs are.
    mayImport('settings', settings[0], [transparency, ...settings]),
    mayImport('i18n', i18n, []),
    mayImport('components', components, [schemas, client, domain, i18n]),
    mayImport('ui-primitives-know-no-domain', '^components/ui/', [client, i18n]),
    mayImport('app-route', '^app/.*/route\\.ts$', [route, operations, schemas, registry, ...context]),
    // The files beside the folders of components: what several features need.
    mayImport('shared-components-know-no-feature', '^components/[^/]+$', ['^components/ui/', schemas, client, domain]),
    mayImport('queries-know-no-feature', '^components/queries/', [
      ...['^components/ui/', '^components/[^/]+$'],
      ...[schemas, client, domain],
    ]),
    // The domain, because a page checks what stands in its URL before it asks for it.
    // The manual's pages, that of the REST API among them, read what the server has of them.
    mayImport('app-manual', manualPages, ['^app/', components, '^lib/auth/console/', manual, route, i18n, ...context]),
    mayImport('manual', manual, []),
    mayImport('app-page', '^app/(?!\\(console\\)/docs/).*\\.tsx$', [
      '^app/',
      components,
      '^lib/auth/console/',
      registry,
      domain,
      i18n,
      ...context,
    ]),
    mayImport('e2e-is-a-client', '^e2e/', [
      schemas,
      domain,
      // It stands between a server and its store.
      '^lib/testing/fault-proxy',
      // As any client signs.
      '^lib/testing/acr-signer',
      // The programs that the console shows are run as they are shown.
      '^components/access-keys/sdk-examples',
      '^scripts/lib/(?:find-free-port|postgresql|s3-server|script-budget|sweep|tcp-proxy)\\.mjs$',
    ]),
    mayImport('bench-is-a-client', '^bench/', [
      schemas,
      domain,
      '^e2e/clients/',
      '^e2e/digest',
      '^scripts/lib/(?:browser|find-free-port|postgresql|s3-server)\\.mjs$',
    ]),
    mayImport('prove-is-a-client', '^prove/', [
      domain,
      '^e2e/(?:api|digest|processes|server)\\.ts$',
      '^scripts/lib/postgresql\\.mjs$',
    ]),
    {
      name: 'the-checker-is-independent',
      comment: 'It states the rule once more: what it took from the product, it could not check.',
      severity: 'error',
      from: { path: '^prove/checker/', pathNot: tests },
      to: { pathNot: '^prove/checker/' },
    },

    neverPackages('next-stays-outside', '^lib/(domain|storage|metadata|registry|http|protocol|acr|log-door)/', next),
    neverPackages('no-http-inside', '^lib/(domain|metadata|registry|storage/(?!s3/))', http),
    {
      name: 'only-metadata-knows-prisma',
      severity: 'error',
      from: { path: '^(app|components|lib|e2e|bench|prove)/', pathNot: [metadata, tests] },
      to: { path: prisma },
    },

    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circles-of-features',
      comment:
        'Of two folders of components one may know the other. What both need is in `queries`, `ui` or beside them.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^components/' },
      to: { path: '^components/', circular: true },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(app|components|lib)/|^server\\.ts$', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$' },
    },
  ],
  options: {
    doNotFollow: { path: ['^node_modules/', '^lib/metadata/generated/'] },
    exclude: { path: ['^\\.next/', '^dist/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: a layer that names another's types depends on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
