import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '../fixtures'

/* What a person sees of lists that are too long to be searched and counted at once (docs/decisions/0034). */

/** A server with one repository of more tags than a page searches. */
async function fillFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stele-e2e-long-'))
  const size = ['--tags', '60000', '--manifests', '6000', '--repositories', '3', '--shape', 'one']
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/big-database.ts', ...size, '--dir', folder])
  return folder
}

test('a search says how far it has come, and goes on; a count says that it ends', async ({
  page,
  signIn,
  startPrivateServer,
}) => {
  test.slow()
  const server = await startPrivateServer({ dataDir: await fillFolder() })
  await signIn(server)
  await page.goto(`${server.url}/cn-hangzhou/instance/cri-0000000000000big/repository/team-0/app-0/tags`)
  await expect(page.getByText('56,998 tags', { exact: true })).toBeVisible()

  await page.getByRole('searchbox', { name: 'Search tags' }).fill('no-such-tag')
  await expect(page.getByRole('heading', { name: 'Nothing found so far' })).toBeVisible()
  await page.getByRole('link', { name: 'Search on' }).click()
  await expect(page.getByText('No tag has “no-such-tag” in its name.')).toBeVisible()

  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Nothing found so far' })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search tags' }).fill('1')
  await expect(page.getByText(/^At least 10,000 tags$/)).toBeVisible()
  await expect(page.getByText('1 / 500+', { exact: true })).toBeAttached()
})
