import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const refused = [
  ['lib/domain/x.ts', 'lib/config.ts', 'domain-is-pure'],
  ['lib/domain/x.ts', 'node:fs', 'domain-has-no-packages'],
  ['lib/domain/x.ts', 'pino', 'domain-has-no-packages'],
  ['lib/storage/x.ts', 'lib/metadata/y.ts', 'storage'],
  ['lib/storage/x.ts', 'node:http', 'no-http-inside'],
  ['lib/metadata/x.ts', 'lib/storage/y.ts', 'metadata'],
  ['lib/metadata/x.ts', 'next', 'next-stays-outside'],
  ['lib/limits/x.ts', 'lib/config.ts', 'limits'],
  ['lib/secrets/x.ts', 'lib/config.ts', 'secrets'],
  ['lib/context.ts', 'lib/auth/y.ts', 'context'],
  ['lib/auth/guessing/x.ts', 'lib/context.ts', 'auth-of-the-process'],
  ['lib/auth/x.ts', 'lib/registry/y.ts', 'auth'],
  ['lib/auth/x.ts', 'lib/storage/y.ts', 'auth'],
  ['lib/jobs/x.ts', 'lib/registry/y.ts', 'jobs'],
  ['lib/jobs/x.ts', 'lib/context.ts', 'jobs'],
  ['lib/registry/x.ts', 'lib/protocol/y.ts', 'registry'],
  ['lib/registry/x.ts', 'lib/auth/console/sessions.ts', 'registry'],
  ['lib/registry/x.ts', 'lib/registry/push/y.ts', 'registry-rooms-are-listed'],
  ['lib/registry/unlisted/x.ts', 'lib/registry/push/y.ts', 'registry-rooms-are-listed'],
  ['lib/registry/traffic/x.ts', 'lib/registry/push/y.ts', 'registry-traffic'],
  ['lib/registry/tags/x.ts', 'lib/registry/push/y.ts', 'registry-tags'],
  ['lib/registry/repositories/x.ts', 'lib/registry/tags/y.ts', 'registry-repositories'],
  ['lib/registry/namespaces/x.ts', 'lib/registry/repositories/y.ts', 'registry-namespaces'],
  ['lib/registry/instances/x.ts', 'lib/registry/namespaces/y.ts', 'registry-instances'],
  ['lib/registry/x.ts', 'node:http', 'no-http-inside'],
  ['lib/protocol/x.ts', 'lib/metadata/y.ts', 'protocol'],
  ['lib/protocol/x.ts', 'lib/storage/y.ts', 'protocol'],
  ['lib/protocol/x.ts', 'next', 'next-stays-outside'],
  ['lib/acr/x.ts', 'lib/metadata/y.ts', 'acr'],
  ['lib/acr/x.ts', 'lib/protocol/y.ts', 'acr'],
  ['lib/acr/x.ts', 'next', 'next-stays-outside'],
  ['lib/http/x.ts', 'lib/registry/y.ts', 'http'],
  ['lib/http/x.ts', 'lib/auth/keys.ts', 'http'],
  ['lib/log-door/x.ts', 'lib/metadata/y.ts', 'log-door'],
  ['lib/log-door/x.ts', 'next', 'next-stays-outside'],
  ['lib/registry/transparency/x.ts', 'lib/registry/tags/y.ts', 'registry-transparency'],
  ['lib/server/x.ts', 'lib/api/route/y.ts', 'server'],
  ['lib/command/x.ts', 'lib/protocol/y.ts', 'command'],
  ['lib/protocol/x.ts', 'lib/server/y.ts', 'protocol'],
  ['lib/api/route/x.ts', 'lib/metadata/y.ts', 'api-route'],
  ['lib/api/operations/x.ts', 'lib/registry/y.ts', 'api-operations'],
  ['lib/api/schemas/x.ts', 'lib/registry/y.ts', 'api-schemas-and-client'],
  ['lib/api/client/x.ts', 'node:fs', 'api-schemas-and-client-have-no-packages'],
  ['components/tags/x.tsx', 'lib/registry/y.ts', 'components'],
  ['components/ui/x.tsx', 'components/tags/y.tsx', 'ui-primitives-know-no-domain'],
  ['components/x.tsx', 'components/tags/y.tsx', 'shared-components-know-no-feature'],
  ['components/x.tsx', 'components/queries/y.ts', 'shared-components-know-no-feature'],
  ['components/queries/x.ts', 'components/tags/y.tsx', 'queries-know-no-feature'],
  ['app/api/v1/x/route.ts', 'lib/metadata/y.ts', 'app-route'],
  ['app/api/v1/x/route.ts', 'components/tags/y.tsx', 'app-route'],
  ['app/x/page.tsx', 'lib/metadata/y.ts', 'app-page'],
  ['app/(console)/docs/x/page.tsx', 'lib/registry/y.ts', 'app-manual'],
  ['app/x/page.tsx', 'lib/manual/y.ts', 'app-page'],
  ['lib/manual/x.ts', 'lib/metadata/y.ts', 'manual'],
  ['e2e/x.spec.ts', 'lib/registry/y.ts', 'e2e-is-a-client'],
  ['bench/x.ts', 'lib/protocol/y.ts', 'bench-is-a-client'],
  ['prove/x.ts', 'lib/registry/y.ts', 'prove-is-a-client'],
  ['prove/checker/x.ts', 'lib/domain/y.ts', 'the-checker-is-independent'],
  ['prove/checker/x.ts', 'node:fs', 'the-checker-is-independent'],
  ['lib/registry/x.ts', '@prisma/client', 'only-metadata-knows-prisma'],
  ['lib/protocol/x.ts', 'lib/protocol/x.test.ts', 'no-tests-in-the-product'],
  ['lib/protocol/x.ts', 'lib/testing/y.ts', 'no-tests-in-the-product'],
  ['lib/transparency/x.ts', 'lib/metadata/y.ts', 'transparency'],
  ['lib/transparency/x.ts', 'node:fs', 'transparency-has-no-packages'],
  ['lib/registry/x.ts', './missing', 'nothing-unresolvable'],
] as const

const allowed = [
  ['lib/acr/x.ts', 'lib/http/y.ts'],
  ['lib/server/x.ts', 'lib/acr/y.ts'],
  ['lib/domain/x.ts', 'zod'],
  ['lib/transparency/x.ts', 'node:crypto'],
  ['lib/storage/x.ts', 'lib/log.ts'],
  ['lib/metadata/x.ts', '@prisma/client'],
  ['lib/auth/x.ts', 'lib/context.ts'],
  ['lib/context.ts', 'lib/storage/y.ts'],
  ['lib/context.ts', 'lib/auth/guessing/y.ts'],
  ['lib/registry/x.ts', 'lib/secrets/passwords.ts'],
  ['lib/registry/push/x.ts', 'lib/registry/tags/y.ts'],
  ['lib/registry/push/x.ts', 'lib/registry/page.ts'],
  ['lib/registry/tags/x.ts', 'lib/registry/repositories/y.ts'],
  ['lib/command/x.ts', 'lib/registry/y.ts'],
  ['lib/protocol/x.test.ts', 'lib/metadata/y.ts'],
  ['components/tags/x.tsx', 'components/queries/y.ts'],
  ['components/tags/x.tsx', 'components/y.tsx'],
  ['components/queries/x.ts', 'components/y.tsx'],
  ['app/x/page.tsx', 'components/tags/y.tsx'],
  ['e2e/x.spec.ts', 'lib/api/schemas/y.ts'],
  ['lib/server/x.ts', 'lib/storage/y.ts'],
  ['lib/server/x.ts', 'next'],
  ['server.ts', 'lib/server/y.ts'],
] as const

let folder: string
let violations: { rule: string; from: string; to: string }[]

// One project that breaks every rule at once, so that the tool starts once.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stele-layers-'))
  for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json']) cpSync(join(root, name), join(folder, name))
  for (const name of ['zod', 'pino', 'next', '@prisma/client']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
  const imports = new Map<string, string[]>([
    ['lib/circle-a.ts', ['lib/circle-b.ts']],
    ['lib/circle-b.ts', ['lib/circle-a.ts']],
    // No circle of files, but one of folders.
    ['components/circle-a/x.tsx', ['components/circle-b/y.tsx']],
    ['components/circle-b/x.tsx', ['components/circle-a/y.tsx']],
    ['components/circle-a/y.tsx', []],
    ['components/circle-b/y.tsx', []],
    ['components/one-way/x.tsx', ['components/circle-a/x.tsx']],
  ])
  for (const [from, to] of [...refused, ...allowed]) {
    imports.set(from, [...(imports.get(from) ?? []), to])
    if (/\.tsx?$/.test(to) && !imports.has(to)) imports.set(to, [])
  }
  for (const [file, targets] of imports) {
    write(
      file,
      targets.map((to) => `import '${/\.tsx?$/.test(to) ? `@/${to.replace(/\.tsx?$/, '')}` : to}'\n`).join(''),
    )
  }
  const cruise = join(root, 'node_modules', '.bin', 'depcruise')
  const { stdout } = spawnSync(cruise, ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] }
  }
  violations = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
}, 60_000)

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test.each(refused)('%s may not import %s (%s)', (from, to, rule) => {
  expect(violations).toContainEqual({ rule, from, to: expect.stringContaining(to.replace('node:', '')) as string })
})

test.each(allowed)('%s may import %s', (from, to) => {
  expect(violations.filter((violation) => violation.from === from && violation.to.includes(to))).toEqual([])
})

test('two files may not import each other', () => {
  expect(violations).toContainEqual({ rule: 'no-circles', from: 'lib/circle-a.ts', to: 'lib/circle-b.ts' })
})

test('two folders of components may not import each other', () => {
  const ofFolders = violations.filter(({ rule }) => rule === 'no-circles-of-features')
  expect(ofFolders).toEqual(
    expect.arrayContaining([
      { rule: 'no-circles-of-features', from: 'components/circle-a', to: 'components/circle-b' },
      { rule: 'no-circles-of-features', from: 'components/circle-b', to: 'components/circle-a' },
    ]),
  )
  expect(violations.filter(({ rule, from }) => rule === 'no-circles' && from.includes('components/circle'))).toEqual([])
  expect(ofFolders.filter(({ from }) => from === 'components/one-way')).toEqual([])
})

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}
