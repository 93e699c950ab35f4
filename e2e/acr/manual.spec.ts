import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sdkExamples } from '@/components/access-keys/sdk-examples'
import { expect, pushImage, test as base } from '../fixtures'
import { Programs, programsOfManual } from './programs'

const test = base.extend<{ programs: Programs }>({
  programs: async ({ server }, use) => {
    const programs = await Programs.create(server)
    await use(programs)
    await programs.dispose()
  },
})

for (const [file, printed] of [
  ['make_immutable.py', true],
  ['make_immutable.go', true],
  ['classic.go', false],
  ['MakeImmutable.java', true],
  ['make_immutable.cjs', true],
  ['pop_core.cjs', false],
] as const) {
  test(`${file} of the manual makes the tags of a repository immutable`, async ({ api, programs, server }) => {
    const { id, instanceId, namespace, name } = await api.createRepository()
    const digest = await pushImage(server, `${namespace}/${name}`, 'v1')
    const program = (await programsOfManual()).find((found) => found.file === file)
    expect(program, `docs/acr-api.md has ${file}`).toBeDefined()

    const text = pointed(program?.text ?? '', server.registry)
    const { code, stdout, stderr } = await programs.run({ file, text }, instanceId, namespace, name)

    expect(code, stderr).toBe(0)
    if (printed) expect(stdout).toContain(`${namespace}/${name}:v1 stays ${digest.replace('sha256:', '')}`)
    expect(await api.repository(id)).toMatchObject({ tagImmutability: true })
  })
}

test('a program of the manual tells what the server refused', async ({ api, programs, server }) => {
  const { id } = await api.defaultInstance()
  const program = (await programsOfManual()).find(({ file }) => file === 'make_immutable.py')
  const text = pointed(program?.text ?? '', server.registry)
  const { code, stderr } = await programs.run({ file: 'make_immutable.py', text }, id, 'test', 'absent')
  expect(code).toBe(1)
  expect(stderr).toContain('REPO_NOT_EXIST')
})

for (const key of ['Python', 'Go', 'Java', 'Node.js']) {
  test(`the console’s example for ${key} lists the instances`, async ({ api, programs, server }) => {
    const { id } = await api.defaultInstance()
    const example = sdkExamples(server.url).find((found) => found.key === key)
    const { code, stdout, stderr } = await programs.run({ file: example?.file ?? '', text: example?.program ?? '' })
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`${id} `)
  })
}

test('the clients that manual and console name are those that are tested', async () => {
  const root = join(import.meta.dirname, '..', '..')
  const read = (...path: string[]) => readFile(join(root, ...path), 'utf8')
  const manual = await read('docs', 'acr-api.md')
  const installed = [
    await read('scripts', 'clients', 'requirements.txt'),
    await read('scripts', 'clients', 'acr', 'go.mod'),
    await read('scripts', 'clients', 'acr-npm', 'package.json'),
  ].join('\n')
  const commands = [
    ...(manual.match(/^(?:pip install|go get|npm install) .*$/gm) ?? []),
    ...sdkExamples('https://registry.example.com').map(({ install }) => install ?? ''),
  ]
  const named = commands.flatMap((line) => line.split(' ').slice(2))
  expect(named.length).toBeGreaterThan(5)
  for (const client of named) {
    const [, name = '', version = ''] = /^(.+?)(?:==|@)([^@]+)$/.exec(client) ?? []
    // As each list writes it.
    const written = [`${name.replaceAll('_', '-')}==${version} `, `${name} ${version}`, `"${name}": "${version}"`]
    expect(
      written.some((line) => installed.includes(line)),
      client,
    ).toBe(true)
  }
})

/** The program with the address of a test's server in place of the one in the manual. */
function pointed(text: string, registry: string): string {
  const changed = text.replaceAll('registry.example.com', registry).replaceAll('https', 'http')
  expect(changed).not.toBe(text)
  return changed
}
