import { sbomReferrer } from '../../content/attached'
import { multiPlatformImage } from '../../content/images'
import { pushAll } from '../../content/pushable'
import { expect, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { send } from '../../registry/http'
import { countClicks } from './clicks'

test('“What is in this image: which platforms, what starts, which packages?”', async ({
  api,
  page,
  server,
  signIn,
}) => {
  const repository = await api.createRepository()
  const { all, index } = multiPlatformImage('v1.9.3')
  const content = [...all, sbomReferrer(index, 'SPDX')]
  await pushAll((...request) => send(server, ...request), `test/${repository.name}`, content)
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(repositoryAddress(repository, 'tags'))

  await page.getByRole('link', { name: 'v1.9.3', exact: true }).click()
  const image = page.getByRole('region', { name: 'Image', exact: true })
  await expect(image.getByRole('tab')).toHaveText([/^linux\/amd64/, /^linux\/arm64/])
  await expect(image).toContainText('["/usr/bin/tini", "--"]')
  await expect(image).toContainText('RUN apk add --no-cache tini ca-certificates')
  expect(clicks()).toBe(1)

  const attachments = page.getByRole('region', { name: 'Attachments' })
  await attachments
    .getByRole('listitem')
    .filter({ hasText: 'SPDX' })
    .getByRole('button', { name: /^View/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toContainText('spdxVersion')
  expect(clicks()).toBe(2)
})
