import { image } from '../../content/images'
import { pushAll } from '../../content/pushable'
import { expect, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { send } from '../../registry/http'
import { countClicks } from './clicks'

test('“What changed between v1.9.2 and v1.9.3?”', async ({ api, page, server, signIn }) => {
  const repository = await api.createRepository()
  const before = image({ tag: 'v1.9.2', version: '1.9.2', environment: ['LOG_LEVEL=info', 'STATSD_HOST=statsd'] })
  const after = image({ tag: 'v1.9.3', version: '1.9.3', environment: ['LOG_LEVEL=warn'] })
  await pushAll((...request) => send(server, ...request), `test/${repository.name}`, [before, after])
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(repositoryAddress(repository, 'tags'))

  await page.getByRole('checkbox', { name: 'Select v1.9.2' }).check()
  await page.getByRole('checkbox', { name: 'Select v1.9.3' }).check()
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  const environment = page.getByRole('region', { name: 'Environment' })
  await expect(environment.getByRole('row', { name: /LOG_LEVEL/ })).toHaveText(/Changed.*info.*warn/)
  await expect(environment.getByRole('row', { name: /STATSD_HOST/ })).toHaveText(/Removed/)
  const layers = page.getByRole('region', { name: 'Layers' })
  await expect(layers.getByRole('row').filter({ hasText: 'Added' })).toHaveCount(1)
  expect(clicks()).toBe(3)
})
