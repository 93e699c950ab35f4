import { Api } from '../../api'
import { expect, pushImage, test } from '../../fixtures'
import { overviewAddress } from '../../pages/addresses'
import { send } from '../../registry/http'
import { countClicks } from './clicks'

test('“How much is pulled and pushed, and where?”', async ({ page, signIn, startPrivateServer }) => {
  test.slow()
  test.setTimeout(120_000)
  const server = await startPrivateServer()
  const api = new Api(server)
  const [busy, quiet] = [await api.createRepository(), await api.createRepository()]
  for (const { name } of [busy, quiet]) await pushImage(server, `test/${name}`, 'v1', name)
  for (let n = 0; n < 12; n++) await send(server, 'GET', `/v2/test/${busy.name}/manifests/v1`)
  await send(server, 'GET', `/v2/test/${quiet.name}/manifests/v1`)
  await signIn(server)
  const clicks = await countClicks(page)
  const address = `${server.url}${overviewAddress(await api.defaultInstance())}`

  // Counts are stored every few seconds.
  const chart = page.getByRole('slider', { name: 'Pulls and pushes per day' })
  await expect(async () => {
    await page.goto(address)
    await expect(chart).toHaveAttribute('aria-valuetext', /: Pulls 13, Pushes 2$/)
  }).toPass({ timeout: 60_000 })
  const rows = page.getByRole('table', { name: 'Top repositories' }).getByRole('row')
  await expect(rows).toHaveText([/Repository/, new RegExp(`test/${busy.name}.*12`), new RegExp(`test/${quiet.name}`)])
  expect(clicks()).toBe(0)

  // The days before, with the keyboard, and the same in a table.
  await chart.focus()
  await chart.press('ArrowLeft')
  await expect(chart).toHaveAttribute('aria-valuetext', /: Pulls 0, Pushes 0$/)
  const region = page.getByRole('region', { name: 'Pulls and pushes per day' })
  await region.getByText('Show as table').click()
  const table = region.getByRole('table', { name: 'Pulls and pushes per day' })
  await expect(table.getByRole('row')).toHaveCount(31)
  await expect(table.getByRole('row').nth(1)).toContainText(/132$/)
  await page.getByRole('combobox', { name: 'Period' }).selectOption('Last 7 days')
  await expect(table.getByRole('row')).toHaveCount(8)
  await expect(page).toHaveURL(/\?days=7$/)

  await page
    .getByRole('link', { name: `test/${busy.name}`, exact: true })
    .first()
    .click()
  await expect(page.getByRole('heading', { level: 1, name: `test/${busy.name}` })).toBeVisible()
  await page
    .getByRole('navigation', { name: /^Repository/ })
    .getByRole('link', { name: /^Tags/ })
    .click()
  await expect(page.getByRole('table', { name: 'Tags' }).getByRole('row').nth(1)).toContainText('12 pulls')
})

test('“Our scanner pulls everything: leave it out.”', async ({ page, signIn, startPrivateServer }) => {
  test.setTimeout(120_000)
  const server = await startPrivateServer()
  const api = new Api(server)
  const { name, namespace } = await api.createRepository()
  const path = `${namespace}/${name}`
  await pushImage(server, path, 'v1', name)
  const instance = await api.defaultInstance()
  const created = await api.request('POST', `/instances/${instance.id}/robots`, {
    name: 'scanner',
    grants: [{ scopeId: instance.id, permission: 'PULL' }],
  })
  const { secret } = (await created.json()) as { secret: string }
  await signIn(server)
  await page.goto(`${server.url}/cn-hangzhou/instance/${instance.id}/credentials`)
  await page.getByRole('button', { name: 'Edit robot+scanner' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit Robot' })
  await dialog.getByRole('checkbox', { name: 'Count pulls' }).uncheck()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'robot+scanner' })).toBeVisible()

  const scanner = `Basic ${Buffer.from(`robot+scanner:${secret}`).toString('base64')}`
  for (let n = 0; n < 5; n++) {
    const headers = { authorization: scanner }
    expect((await send(server, 'GET', `/v2/${path}/manifests/v1`, { headers })).status).toBe(200)
  }
  await send(server, 'GET', `/v2/${path}/manifests/v1`)
  await expect(async () => {
    await page.goto(`${server.url}/cn-hangzhou/instance/${instance.id}/repositories`)
    const row = page.getByRole('table', { name: 'Repositories' }).getByRole('row').filter({ hasText: name })
    await expect(row).toContainText('1 pull')
  }).toPass({ timeout: 60_000 })
})
