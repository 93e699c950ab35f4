import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandLine } from '../clients/command-line'
import { cosignSignature, helmChart, notationSignature, sbomReferrer } from '../content/attached'
import { image, imageOfManyLayers, multiPlatformImage } from '../content/images'
import { digestOf, pushAll, type Pushable } from '../content/pushable'
import { expect, test, uniqueName } from '../fixtures'
import { repositoryAddress } from '../pages/addresses'
import { send } from '../registry/http'
import type { ServerInfo } from '../server'

test.beforeEach(async ({ signIn }) => signIn())

test('what is in an image is found with the keyboard: platforms, layers, commands, variables', async ({
  api,
  page,
  server,
}) => {
  const repository = await api.createRepository()
  const labels = { 'com.example.trap': 'javascript:alert(1)' }
  const { all, images, index } = multiPlatformImage('v1.0.0', { labels })
  await push(server, `test/${repository.name}`, all)
  await page.goto(repositoryAddress(repository, 'tags'))
  await page.getByRole('link', { name: 'v1.0.0', exact: true }).press('Enter')

  const card = page.getByRole('region', { name: 'Image', exact: true })
  await expect(card).toContainText('OCI image index, 2 platforms')
  // The attestations of the index are no platforms.
  await expect(card.getByRole('tab')).toHaveText([/^linux\/amd64/, /^linux\/arm64/])
  const layers = card.getByRole('table', { name: 'Layers' })
  await expect(layers.getByRole('rowheader')).toHaveText([
    'ADD alpine-minirootfs-3.22.1-x86_64.tar.gz /',
    'CMD ["/bin/sh"]',
    'ENV VERSION=1.0.0',
    'RUN apk add --no-cache tini ca-certificates',
    'COPY dist/ /app/',
    'EXPOSE [8080/tcp 9090/tcp]',
    'ENTRYPOINT ["/usr/bin/tini" "--"]',
  ])
  await expect(layers.getByRole('row', { name: /^CMD/ })).toContainText('no layer')
  const config = card.getByRole('region', { name: 'Config' })
  await expect(config).toContainText('["/usr/bin/tini", "--"]')
  await expect(config).toContainText('65532:65532')
  await expect(card.getByRole('region', { name: 'Environment' })).toContainText('VERSION1.0.0')
  const shownLabels = card.getByRole('region', { name: 'Labels' })
  await expect(shownLabels.getByRole('link')).toHaveText(['https://git.example.com/team/shop'])
  await expect(shownLabels).toContainText('javascript:alert(1)')

  await card.getByRole('tab', { name: /^linux\/amd64/ }).press('ArrowRight')
  await expect(card.getByRole('tab', { name: /^linux\/arm64/ })).toBeFocused()
  await expect(page).toHaveURL(/[?&]platform=linux%2Farm64$/)
  const child = card.getByRole('link', { name: images[1]?.digest ?? '' })
  await expect(child).toBeVisible()
  await page.reload()
  await expect(card.getByRole('tab', { name: /^linux\/arm64/ })).toHaveAttribute('aria-selected', 'true')

  // The manifest itself.
  await page.getByRole('button', { name: 'Manifest', exact: true }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Manifest' })
  await expect(dialog.getByRole('region', { name: 'Manifest' })).toContainText(`"digest": "${images[0]?.digest}"`)
  const downloaded = page.waitForEvent('download')
  await dialog.getByRole('link', { name: 'Download' }).press('Enter')
  expect(digestOf(readFileSync(await (await downloaded).path()))).toBe(index.digest)
  await page.keyboard.press('Escape')

  // A manifest without a tag has a page, which names the index that it is of.
  await child.press('Enter')
  await expect(page.getByRole('link', { name: index.digest })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Pull' })).toContainText(`@${images[1]?.digest}`)
})

test('the pull command is that of one’s tool, also on the next visit', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  const pushed = image({ tag: 'v1' })
  await push(server, path, [pushed])
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1`)
  const card = page.getByRole('region', { name: 'Pull' })
  await expect(card).toContainText(`docker pull ${server.registry}/${path}:v1`)
  await card.getByRole('combobox', { name: 'Tool' }).selectOption('skopeo')
  await card.getByRole('radio', { name: 'By digest' }).check()
  await page.reload()
  await expect(card).toContainText(`skopeo copy docker://${server.registry}/${path}@${pushed.digest} dir:`)
})

test('what is attached to an image is read and downloaded', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  const subject = image({ tag: 'v1' })
  await push(server, path, [subject])
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1`)
  const card = page.getByRole('region', { name: 'Attachments' })
  await expect(card).toContainText(`cosign sign ${server.registry}/${path}@${subject.digest}`)

  const sbom = sbomReferrer(subject, 'SPDX')
  await push(server, path, [cosignSignature(subject), notationSignature(subject), sbom])
  await page.reload()
  await expect(card.getByRole('listitem')).toHaveCount(3)
  await expect(card.getByRole('listitem').filter({ hasText: 'cosign' })).toContainText('Signature')
  await expect(card.getByRole('listitem').filter({ hasText: 'Notary Project' })).toContainText('Signature')
  const item = card.getByRole('listitem').filter({ hasText: 'SPDX' })
  await item.getByRole('button', { name: /^View SBOM/ }).click()
  const dialog = page.getByRole('dialog', { name: 'SBOM' })
  await expect(dialog.getByRole('region', { name: 'SBOM' })).toContainText('"spdxVersion": "SPDX-2.3"')
  await page.keyboard.press('Escape')
  const downloaded = page.waitForEvent('download')
  await item.getByRole('link', { name: /^Download SBOM/ }).click()
  expect(digestOf(readFileSync(await (await downloaded).path()))).toBe(digestOf(sbom.blobs[1] ?? Buffer.alloc(0)))
})

test('a chart, many layers, missing layers and bytes that are no manifest are told as they are', async ({
  api,
  page,
  server,
}) => {
  const namespace = await api.createNamespace({ name: uniqueName('sparse'), acceptSparseManifests: true })
  const repository = await api.createRepository({ namespace: namespace.name })
  const path = `${namespace.name}/${repository.name}`
  const sparse = image({ version: uniqueName('sparse'), tag: 'sparse' })
  const missing = digestOf(sparse.blobs.at(-1) ?? Buffer.alloc(0))
  const broken = image({ version: uniqueName('broken'), tag: 'broken' })
  await push(server, path, [helmChart('1.2.3'), imageOfManyLayers('many'), broken])
  await push(server, path, [sparse], [missing])
  const tagAddress = (tag: string) => `${repositoryAddress(repository, 'tags')}/${tag}`

  await page.goto(tagAddress('1.2.3'))
  const chart = page.getByRole('region', { name: 'Helm chart' })
  await expect(chart).toContainText('postgresql')
  await expect(chart.getByRole('link', { name: 'https://shop.example.com' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Pull' })).toContainText(
    `helm pull oci://${server.registry}/${path} --version 1.2.3`,
  )

  await page.goto(tagAddress('many'))
  const commands = page.getByRole('table', { name: 'Layers' }).getByRole('rowheader')
  await expect(commands).toHaveCount(30)
  await page.getByRole('button', { name: 'Show all 120' }).click()
  await expect(commands).toHaveCount(120)
  await expect(commands.last()).toHaveText('RUN make step-120')

  await page.goto(tagAddress('sparse'))
  await expect(page.getByRole('row', { name: /^COPY dist/ })).toContainText('Missing')
  await expect(page.getByRole('row', { name: /^RUN apk/ })).not.toContainText('Missing')

  await damage(server, broken)
  await page.goto(tagAddress('broken'))
  await expect(page.getByText('This manifest cannot be read.')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText(broken.digest)
})

test('two images are compared, from the page of a tag and from its history', async ({ api, page, server }) => {
  const repository = await api.createRepository()
  const path = `test/${repository.name}`
  const [old, now] = ['1.0.0', '1.1.0'].map((version) =>
    multiPlatformImage(`v${version}`, { version, environment: version === '1.0.0' ? ['STATSD_HOST=statsd'] : [] }),
  )
  await push(server, path, [...(old?.all ?? []), ...(now?.all ?? [])])
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1.1.0`)
  await page.getByRole('link', { name: 'Compare', exact: true }).press('Enter')
  await page.getByRole('button', { name: /^Before/ }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Choose What Is Before' })
  await dialog.getByRole('combobox').fill('v1.0')
  await expect(dialog.getByRole('option')).toHaveCount(1)
  await dialog.getByRole('option', { name: /^v1\.0\.0/ }).click()
  await dialog.getByRole('button', { name: 'Choose' }).click()

  await expect(page).toHaveURL(/\/compare\?after=v1\.1\.0&before=v1\.0\.0$/)
  const environment = page.getByRole('table', { name: 'Environment' })
  const difference = (name: string) => environment.getByRole('row').filter({ hasText: name })
  await expect(difference('STATSD_HOST')).toContainText(/Removed.*statsd.*—/)
  await expect(difference('VERSION')).toContainText(/Changed.*1\.0\.0.*1\.1\.0/)
  await expect(difference('PATH')).toContainText('Same')
  const layers = page.getByRole('table', { name: 'Layers' })
  await expect(layers.getByRole('row').filter({ hasText: 'Same' })).toHaveCount(2)
  await expect(layers.getByRole('row').filter({ hasText: 'COPY dist/ /app/' })).not.toHaveCount(0)
  await page.getByRole('checkbox', { name: 'Differences only' }).press('Space')
  await expect(difference('PATH')).toHaveCount(0)
  await page.getByRole('combobox', { name: 'Platform' }).selectOption('linux/arm64')
  await expect(page).toHaveURL(/only=differences&platform=linux%2Farm64$/)
  await page.getByRole('button', { name: 'Swap the two' }).click()
  await expect(difference('STATSD_HOST')).toContainText(/Added.*—.*statsd/)

  // What a tag pointed at before is compared with what it points at now.
  await push(server, path, [image({ tag: 'moved' }), image({ version: '2.0.0', tag: 'moved' })])
  await page.goto(`${repositoryAddress(repository, 'tags')}/moved`)
  await page.getByRole('link', { name: /^Compare [0-9a-f]{12} with the current digest$/ }).click()
  await expect(difference('VERSION')).toContainText(/Changed.*1\.0\.0.*2\.0\.0/)
})

async function push(server: ServerInfo, path: string, content: readonly Pushable[], leaveOut: string[] = []) {
  await pushAll((...request) => send(server, ...request), path, content, leaveOut)
}

/** Changes a manifest in the database, as only a broken disk does. */
async function damage(server: ServerInfo, { digest }: Pushable): Promise<void> {
  const sql = `UPDATE "Manifest" SET content = CAST('no manifest' AS BLOB) WHERE digest = '${digest}'`
  const script = `new (require('better-sqlite3'))(${JSON.stringify(join(server.dataDir, 'stele.db'))}).exec(${JSON.stringify(sql)})`
  // In a process of its own: tests are no part of the server.
  await new CommandLine(process.execPath, ['--eval', script], {}).run([])
}
