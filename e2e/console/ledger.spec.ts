import { readFile } from 'node:fs/promises'
import type { Locator } from '@playwright/test'
import { userPassword } from '../api'
import { dockerPusher } from '../clients/pushers'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, repositoryAddress } from '../pages/addresses'

const sentence = 'The requested tag already exists and cannot be overwritten.'

test('a docker push that is refused is seen in Blocked Pushes and in Activity: who, what, with which client', async ({
  api,
  docker,
  page,
  server,
  signIn,
}) => {
  test.setTimeout(120_000)
  const repository = await api.createRepository({ name: uniqueName('ledger'), tagImmutability: true })
  const path = `test/${repository.name}`
  const pusher = dockerPusher(docker)
  await pusher.logIn(server.registry, server.admin)
  const [one, two] = [await pusher.makeImage(`${path} one`), await pusher.makeImage(`${path} two`)]
  expect((await pusher.push(one, `${server.registry}/${path}:v1`)).code).toBe(0)
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const refused = await pusher.push(two, `${server.registry}/${path}:v1`)
    expect(refused.stdout + refused.stderr).toContain(sentence)
  }

  await signIn()
  await page.goto(instanceAddress(await api.defaultInstance(), 'repositories'))
  await page.getByRole('list', { name: 'Security' }).getByRole('link', { name: 'Blocked Pushes' }).click()
  await page.getByRole('searchbox', { name: 'Search refused pushes' }).fill(repository.name)
  const refusal = page.getByRole('table', { name: 'Blocked Pushes' }).getByRole('row').filter({ hasText: path })
  await expect(refusal).toHaveCount(1)
  await expect(refusal).toContainText(server.admin.name)
  await expect(refusal).toContainText('docker/')
  await expect(refusal.getByRole('cell', { name: '2', exact: true })).toBeVisible()
  await refusal.getByRole('button', { name: 'Details of what happened to v1' }).click()
  const dialog = page.getByRole('dialog', { name: 'Tag: Refused' })
  await expect(dialog).toContainText(sentence)
  await expect(dialog).toContainText('2 times in a minute')
  await expect(dialog).toContainText('Push under a name that is new each time.')
  await expect(dialog).toContainText(`docker push ${server.registry}/${path}:`)
  await page.keyboard.press('Escape')
  await expect(refusal.getByRole('button')).toBeFocused()

  await refusal.getByRole('link', { name: path }).click()
  await expect(page).toHaveURL(repositoryAddress(repository, 'activity'))
  const activity = page.getByRole('table', { name: 'Activity' })
  await expect(kinds(activity)).toHaveText(['Refused', 'Created'])
  await expect(activity).toContainText(sentence)
  await page.getByRole('combobox', { name: 'Event' }).selectOption('Created')
  await expect(kinds(activity)).toHaveText(['Created'])
  await expect(page).toHaveURL(`${repositoryAddress(repository, 'activity')}?kind=CREATED`)
  await page.goBack()
  await expect(kinds(activity)).toHaveText(['Refused', 'Created'])
})

test('what is shown is what the CSV has', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository({ tagImmutability: true })
  for (const tag of ['v1', 'v2']) await pushImage(server, `test/${repository.name}`, tag)
  await expect(pushImage(server, `test/${repository.name}`, 'v2', 'other')).rejects.toThrow('409')
  await signIn()
  await page.goto(`${repositoryAddress(repository, 'activity')}?kind=REFUSED&days=7`)
  await expect(kinds(page.getByRole('table', { name: 'Activity' }))).toHaveText(['Refused'])
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export CSV' }).focus()
  await page.keyboard.press('Enter')
  const [, ...lines] = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\r\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`,REFUSED,1,test/${repository.name},v2,`)
})

test('Details lead to all that a person did, and back', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  const address = repositoryAddress(repository, 'activity')
  for (const tag of ['v1', 'v2']) await pushImage(server, `test/${repository.name}`, tag)
  await signIn()
  await page.goto(address)
  await page.getByRole('button', { name: 'Details of what happened to v1' }).click()
  await page.getByRole('button', { name: 'All events about v1' }).click()
  await expect(page).toHaveURL(`${address}?tag=v1`)
  const activity = page.getByRole('table', { name: 'Activity' })
  await expect(kinds(activity)).toHaveCount(1)
  await page.getByRole('button', { name: 'Clear the filter Tag' }).click()
  await expect(kinds(activity)).toHaveCount(2)
  await page.getByRole('searchbox', { name: 'Search activity' }).fill('nothing-like-it')
  await expect(page.getByText('Nothing that happened matches these filters.')).toBeVisible()
})

test('who may only pull is not offered what is not theirs', async ({ api, context, page, server }) => {
  const repository = await api.createRepository()
  const user = await api.createUser()
  await api.createGrant({ subjectId: user.id, scopeId: repository.id, permission: 'PULL' })
  const logOn = { userName: user.name, password: userPassword }
  await context.request.post('/api/v1/session', { headers: { origin: server.url }, data: logOn })
  await page.goto(repositoryAddress(repository, 'tags'))
  await expect(page.getByRole('link', { name: 'Access', exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'No tags yet' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Activity' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Blocked Pushes' })).toHaveCount(0)
  await page.goto(repositoryAddress(repository, 'activity'))
  await expect(page.getByRole('main').getByRole('alert')).toContainText('You may not do this. Ask an administrator.')
})

/** What happened, from the newest entry on. */
function kinds(table: Locator): Locator {
  return table.getByRole('row').getByText(/^(Created|Moved|Refused|Deleted)$/)
}
