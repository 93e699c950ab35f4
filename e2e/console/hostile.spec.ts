import type { Page } from '@playwright/test'
import { z } from 'zod'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { basic } from '../api'
import { digestOf } from '../digest'
import { expect, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, maintenanceAddress, repositoryAddress } from '../pages/addresses'
import type { ServerInfo } from '../server'

/*
 * Tables with the longest values that Stele takes: in no room does a cell lose text without a word, lie over another, or
 * make the page scroll sideways; and what a column hid is elsewhere in its row.
 */

const widths = sweep([1600, 1024, 390], [1600, 1440, 1280, 1024, 768, 390])
const indexType = 'application/vnd.oci.image.index.v1+json'
const imageType = 'application/vnd.oci.image.manifest.v1+json'

test.beforeEach(async ({ signIn }) => signIn())

test('nothing in a table is clipped, covered or lost, however long it is and however small the room', async ({
  api,
  page,
  server,
}) => {
  test.setTimeout(240_000)
  const home = await api.defaultInstance()
  const userName = `${uniqueName('u')}${'-of-a-very-long-name'.repeat(6)}`.slice(0, 64)
  const robot = `${uniqueName('r')}${'-release-pipeline'.repeat(6)}`.slice(0, 60)
  const anything = z.unknown()
  await api.send('POST', '/users', anything, {
    name: userName,
    displayName: 'W'.repeat(100),
    password: 'Hostile-data-1234',
  })
  const { name: namespace } = await api.createNamespace(
    { name: uniqueName('n').padEnd(90, '-and-so-on').slice(0, 90).replace(/-$/, 'x') },
    home.id,
  )
  const repository = await api.createRepository(
    { namespace, name: `${uniqueName('r')}${'/deep-and-long'.repeat(8)}`, tagImmutability: true },
    home.id,
  )
  await api.send('POST', `/instances/${home.id}/robots`, anything, {
    name: robot,
    grants: [{ scopeId: repository.id, permission: 'PUSH' }],
  })
  await fill(server, `${namespace}/${repository.name}`)
  const tables: [address: string, table: string][] = [
    [repositoryAddress(repository, 'tags') + '?pageSize=50&sort=-version', 'Tags'],
    [instanceAddress(home, 'repositories') + `?namespace=${namespace}`, 'Repositories'],
    [instanceAddress(home, 'namespaces') + `?search=${namespace}`, 'Namespaces'],
    [repositoryAddress(repository, 'activity'), 'Activity'],
    [instanceAddress(home, 'blocked-pushes'), 'Blocked Pushes'],
    [repositoryAddress(repository, 'untagged'), 'Untagged'],
    [repositoryAddress(repository, 'access'), 'Access'],
    [instanceAddress(home, 'access-control'), 'Access Control'],
    [instanceAddress(home, 'credentials'), 'Tokens'],
    [`${instancesAddress()}?view=table`, 'Instances'],
    ['/users', 'Users'],
    ['/robots', 'Robots'],
    ['/audit', 'Audit'],
    ['/account/access-keys', 'Access Keys'],
    [maintenanceAddress('garbage-collection'), 'Garbage collection'],
    [maintenanceAddress('scrub'), 'Scrub'],
  ]
  const mayBeEmpty = new Set(['Tokens', 'Garbage collection', 'Scrub'])
  const findings: string[] = []
  for (const [address, name] of tables) {
    await page.setViewportSize({ width: 1600, height: 900 })
    await page.goto(address)
    if (mayBeEmpty.has(name)) await expect(page.getByRole('main')).toBeVisible()
    else await expect(page.locator('main .table:not([aria-busy="true"]) tbody tr').first()).toBeVisible()
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    const whole: string[] = []
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 })
      const { problems, rows } = await page.evaluate(findProblems)
      findings.push(...problems.map((problem) => `${name} at ${width}: ${problem}`))
      if (rows.length === 0 && !mayBeEmpty.has(name)) findings.push(`${name} at ${width}: no rows`)
      if (whole.length === 0) whole.push(...rows)
      for (const [at, text] of whole.entries()) {
        const lost = text
          .split(' ')
          // That nothing was pulled is no fact that has to fold.
          .filter(
            (word) => word.length > 3 && word !== 'never' && !/[…+]/.test(word) && !(rows[at] ?? '').includes(word),
          )
        if (lost.length > 0) findings.push(`${name} at ${width}: row ${at} lost “${lost.join(' ')}”`)
      }
    }
  }
  expect(findings).toEqual([])
  await page.goto(tables[0]?.[0] ?? '')
  await reachAll(page)
})

/** All platforms and all actions of a tag can be reached where the room is too short to show them. */
async function reachAll(page: Page) {
  await page.setViewportSize({ width: 1600, height: 900 })
  const opener = page.getByRole('button', { name: 'All 14 platforms' })
  await opener.press('Enter')
  const platforms = page.getByRole('dialog', { name: 'All 14 platforms' })
  await expect(platforms).toContainText('linux/architecture13/v8')
  await page.keyboard.press('Escape')
  await expect(platforms).toBeHidden()
  await expect(opener).toBeFocused()
  for (const [width, inRow] of [
    [1600, true],
    [1024, false],
    [390, false],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    const row = page.getByRole('row').filter({ hasText: 'v1.10.0' })
    await expect(row.getByRole('button', { name: 'Delete v1.10.0' })).toBeVisible({ visible: inRow })
    const menu = row.getByRole('button', { name: 'More actions for v1.10.0' })
    if (inRow) continue
    await menu.press('Enter')
    await expect(page.getByRole('menuitem')).toHaveText(['Pull Command', 'Copy Tag…', 'Delete'])
    await page.keyboard.press('ArrowUp')
    await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(menu).toBeFocused()
  }
}

/** Runs in the browser, once the tables have measured their room. `rows` has the whole text of each row, also what its titles say. */
async function findProblems(): Promise<{ problems: string[]; rows: string[] }> {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  const problems: string[] = []
  const clips = new Map<Element, boolean>()
  /** Whether what is wider than the element is cut off. Styles are slow to ask for: once for each element. */
  const isClipping = (element: Element) => {
    const known = clips.get(element)
    if (known !== undefined) return known
    const isSo = getComputedStyle(element).overflowX !== 'visible'
    clips.set(element, isSo)
    return isSo
  }
  const isShown = (element: Element) => element.getClientRects().length > 0 && !element.closest('.sr-only')
  // What gave way to a menu or a list that a button of the row opens.
  const isInMenu = (element: Element) => {
    const menu = element.closest('[popover]')
    const opener = menu && document.querySelector(`[popovertarget="${menu.id}"]`)
    return opener !== null && isShown(opener)
  }
  const short = (element: Element) =>
    `${element.tagName.toLowerCase()}.${element.className} “${element.textContent.slice(0, 40)}”`
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('main *')].find(
      (one) => one.getBoundingClientRect().right > innerWidth + 1,
    )
    problems.push(`the page scrolls sideways: ${wide ? short(wide) : ''}`)
  }
  for (const row of document.querySelectorAll('main .table tbody tr')) {
    for (const element of row.querySelectorAll('*')) {
      if (!isShown(element)) continue
      const isClipped = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && isClipping(element)
      if (!isClipped) continue
      const title = element.closest('[title]') ?? [...element.querySelectorAll('[title]')].find(isShown)
      if (!title) problems.push(`clipped without a title: ${short(element)}`)
    }
    // Texts, as far as their boxes let them be seen.
    const texts: { text: string; node: Node; cell: Element; box: DOMRect }[] = []
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      if (!parent || !isShown(parent) || !node.textContent?.trim()) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      // Each line: a text that goes on in the next one has a box around both.
      for (const line of range.getClientRects()) {
        let { left, right } = line
        for (let at: Element | null = parent; at && at !== row.parentElement; at = at.parentElement) {
          if (!isClipping(at)) continue
          const box = at.getBoundingClientRect()
          left = Math.max(left, box.left)
          right = Math.min(right, box.right)
        }
        if (right - left < 1) continue
        texts.push({
          text: node.textContent,
          node,
          cell: parent.closest('td, th') ?? row,
          box: new DOMRect(left, line.top, right - left, line.height),
        })
      }
    }
    for (const [at, one] of texts.entries()) {
      for (const other of texts.slice(at + 1)) {
        if (one.node === other.node) continue
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        if (across > 1 && down > 4) problems.push(`“${one.text.slice(0, 30)}” lies over “${other.text.slice(0, 30)}”`)
      }
    }
  }
  const rows = [...document.querySelectorAll('main .table tbody tr')].map((row) =>
    [...row.querySelectorAll('*')]
      .filter((element) => isShown(element) || isInMenu(element))
      .flatMap((element) => [
        element.getAttribute('title') ?? '',
        // How long ago something was changes meanwhile; the title of the time says when.
        ...[...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE && element.tagName !== 'TIME')
          .map((node) => node.nodeValue ?? ''),
      ])
      .join(' ')
      .replace(/\s+/g, ' '),
  )
  return { problems: [...new Set(problems)].slice(0, 8), rows }
}

/** Tags of all lengths and kinds, and refused pushes. */
async function fill(server: ServerInfo, path: string) {
  const send = async (method: string, url: string, body?: Buffer, type = 'application/octet-stream') =>
    fetch(server.url + url, {
      method,
      headers: {
        authorization: basic(server.admin.name, server.admin.password),
        ...(body && { 'content-type': type }),
      },
      ...(body && { body: new Uint8Array(body) }),
    })
  const blob = async (text: string) => {
    const content = Buffer.from(text)
    const started = await send('POST', `/v2/${path}/blobs/uploads/`)
    const upload = new URL(started.headers.get('location') ?? '', server.url)
    upload.searchParams.set('digest', digestOf(content))
    await send('PUT', upload.pathname + upload.search, content)
    return { digest: digestOf(content), size: content.length }
  }
  const push = async (tag: string, manifest: object, mediaType = imageType) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }))
    const answer = await send('PUT', `/v2/${path}/manifests/${tag}`, bytes, mediaType)
    return { status: answer.status, mediaType, digest: digestOf(bytes), size: bytes.length }
  }
  const layers = [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...(await blob('a layer')) }]
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    ...(await blob('{"os":"linux","architecture":"amd64"}')),
  }
  const image = await push('v1.9.3', { config, layers })
  expect(image.status).toBe(201)
  const long = `release-2026.11.20-feature.${'a-very-long-branch-name-'.repeat(6)}`.slice(0, 128)
  await push(long, { config, layers, annotations: { at: 'long' } })
  await push('W'.repeat(128), { config, layers, annotations: { at: 'wide' } })
  await push(
    'v1.10.0',
    {
      manifests: Array.from({ length: 14 }, (_, at) => ({
        mediaType: imageType,
        digest: image.digest,
        size: image.size,
        platform: { os: 'linux', architecture: `architecture${at}`, variant: 'v8' },
      })),
    },
    indexType,
  )
  const typeOf255 = `application/vnd.${'example.'.repeat(40)}`.slice(0, 250) + '+json'
  await push('policy-bundle', { artifactType: typeOf255, config, layers })
  for (const artifactType of ['application/spdx+json', 'application/vnd.cncf.notary.signature', typeOf255]) {
    await push(`attached-${artifactType.length}`, {
      artifactType,
      config,
      layers,
      subject: { mediaType: imageType, digest: image.digest, size: image.size },
    })
  }
  for (let at = 0; at < 15; at += 1) await push(`v0.${at}.0`, { config, layers, annotations: { at: String(at) } })
  for (const tag of ['v1.9.3', long])
    expect((await push(tag, { config, layers, annotations: { at: 'refused' } })).status).not.toBe(201)
  await push(
    digestOf(
      Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: imageType, config, layers, annotations: { untagged: 'yes' } }),
      ),
    ),
    { config, layers, annotations: { untagged: 'yes' } },
  )
}
