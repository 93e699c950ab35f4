import { expect, test } from '../../fixtures'
import { repositoryAddress } from '../../pages/addresses'
import { countClicks } from './clicks'

test('“I want to read this in Chinese”: one press, on the same page, and it stays', async ({ api, page, signIn }) => {
  const repository = await api.createRepository()
  const address = repositoryAddress(repository, 'details')
  await signIn()
  const clicks = await countClicks(page)
  await page.goto(address)
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()

  await page.getByRole('button', { name: '中文：切换到简体中文' }).click()
  await expect(page.getByRole('button', { name: '编辑', exact: true })).toBeVisible()
  await expect(page).toHaveURL(address)
  expect(clicks()).toBe(1)

  await page.goto('/')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})
