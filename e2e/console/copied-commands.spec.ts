import type { Page } from '@playwright/test'
import { Api } from '../api'
import type { Docker } from '../clients/docker'
import { expect, test, uniqueName } from '../fixtures'
import { instanceAddress, overviewAddress } from '../pages/addresses'

/*
 * What the console offers to copy works at the command line, on a fresh start: for the default instance, and for one that no
 * name server knows.
 */

const secret = 'copied-commands-1'

for (const which of ['the default instance', 'another instance'] as const) {
  test(`every command that the console copies for ${which} works on a fresh start`, async ({
    context,
    docker,
    page,
    signIn,
    startPrivateServer,
  }) => {
    test.slow()
    const server = await startPrivateServer()
    const api = new Api(server)
    const instance = which === 'the default instance' ? await api.defaultInstance() : await api.createInstance()
    if (!instance.isDefault) {
      const body = { name: 'test', autoCreateRepository: true }
      expect((await api.request('POST', `/instances/${instance.id}/namespaces`, body)).status).toBe(201)
    }
    await api.request('PUT', `/instances/${instance.id}/credentials/password`, { password: secret })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    await signIn(server)
    const open = (address: string) => page.goto(`${server.url}${address}`)
    const image = await docker.importImage(uniqueName('content'))

    await test.step('Overview: log in and push', async () => {
      await open(overviewAddress(instance))
      await run(page, docker, 'Copy the log in command')
      await run(page, docker, 'Copy the push commands')
      await expect(page.getByText('All done.')).toBeVisible()
    })

    await test.step('Access Credential: log in by password, and by a temporary token', async () => {
      await open(instanceAddress(instance, 'credentials'))
      await run(page, docker, 'Copy the login command')
      await page.getByRole('button', { name: 'Create Token' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Confirm' }).click()
      await dialog.getByRole('button', { name: 'Copy Password' }).click()
      const token = await readClipboard(page)
      await dialog.getByRole('button', { name: 'Copy: Log in.' }).click()
      await pasted(docker, await readClipboard(page), token)
      await page.getByRole('button', { name: 'Done' }).click()
    })

    const repository = instance.isDefault ? 'test/example' : 'test/hello'
    await test.step('Repository > Details: the guide', async () => {
      await open(`${overviewAddress(instance)}/repository/${repository}/details`)
      const asWritten = (text: string) => text.replace('image-id', image).replaceAll(/:tag$/gm, ':v2')
      await run(page, docker, 'Copy the log in command')
      await run(page, docker, 'Copy the push commands', asWritten)
      await run(page, docker, 'Copy the pull command', asWritten)
      await page.getByRole('button', { name: 'Copy Address' }).click()
      await pasted(docker, `docker pull ${await readClipboard(page)}:v2`)
      await page.getByText('More endpoints').click()
      await page.getByRole('button', { name: 'Copy the address', exact: true }).click()
      await pasted(docker, `docker pull ${await readClipboard(page)}:v1`)
    })

    await test.step('a tag: pull by tag and by digest', async () => {
      await open(`${overviewAddress(instance)}/repository/${repository}/tags/v1`)
      await run(page, docker, 'Copy the pull command')
      await page.getByRole('radio', { name: 'By digest' }).click()
      await run(page, docker, 'Copy the pull command')
    })
  })
}

/** Copies a command by the button of this name and runs it, as written or as a person completes it. */
async function run(page: Page, docker: Docker, button: string, complete = (text: string) => text): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).first().click()
  await pasted(docker, complete(await readClipboard(page)))
}

function readClipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

async function pasted(docker: Docker, commands: string, typed = secret): Promise<void> {
  const { code, stdout, stderr } = await docker.paste(commands, typed)
  expect(code, `${commands}\n${stdout}${stderr}`).toBe(0)
}
