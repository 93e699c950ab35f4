import type { Locator, Page } from '@playwright/test'
import { parse } from 'yaml'
import { Api } from '../../api'
import { Shell } from '../../clients/shell'
import { expect, test } from '../../fixtures'
import { countClicks } from './clicks'
import { chooseByKeyboard } from '../../pages/combobox'

/** Makes a robot that may push to the namespace `test`, in the list of all robots. The dialog with its secret stays open. */
async function createRobot(page: Page, name: string): Promise<{ dialog: Locator; secret: string }> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Create Robot' }).click()
  await dialog.getByLabel('Robot Name').fill(name)
  await dialog.getByRole('button', { name: 'Add Permission' }).click()
  await chooseByKeyboard(dialog, 'Scope 1', 'test')
  await dialog.getByLabel('Permission 1', { exact: true }).selectOption('Push')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('heading', { name: `Robot robot+${name} was created` })).toBeVisible()
  const secret = /\b(\w{43})\b/.exec(await dialog.locator('.facts').innerText())?.[1] ?? ''
  expect(secret).not.toBe('')
  return { dialog, secret }
}

/** What a step of the chosen tool has to copy: the clipboard's text, without prompts. */
async function textOf(dialog: Locator, step: string): Promise<string> {
  const copy = dialog.getByRole('tabpanel').getByRole('button', { name: `Copy: ${step}` })
  await copy.click()
  return copy.page().evaluate(() => navigator.clipboard.readText())
}

test('“Give our pipeline a robot”: the snippets of GitHub, GitLab and Kubernetes work as they are shown', async ({
  context,
  docker,
  page,
  signIn,
  skopeo,
  startPrivateServer,
}) => {
  test.setTimeout(240_000)
  const server = await startPrivateServer()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(server)
  const clicks = await countClicks(page)
  await page.goto(`${server.url}/robots`)
  await new Api(server).createRepository({ name: 'shop' })
  const { dialog, secret } = await createRobot(page, 'ci')
  // A robot's first tab is GitHub Actions.
  await expect(dialog.getByRole('tab', { name: 'GitHub Actions' })).toHaveAttribute('aria-selected', 'true')
  expect(clicks()).toBe(3)

  const shell = await Shell.create({ docker, skopeo })
  const id = await docker.importImage('of the pipeline')
  await shell.write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /\n')
  const env = { STELE_SECRET: secret }

  // GitHub: the steps of the job, as its runner expands and runs them.
  const workflow = parse(await textOf(dialog, 'Add a workflow.')) as GitHubWorkflow
  const job = workflow.jobs['push']
  const image = job?.env.IMAGE.replace('/image:', '/shop:').replace('${{ github.ref_name }}', 'v1') ?? ''
  for (const step of job?.steps ?? []) {
    const stepEnv = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [name, expand(value, secret)]),
    )
    if (step.run !== undefined) await shell.run(step.run, { env: { IMAGE: image, ...stepEnv } })
  }
  await isThere(image)
  await shell.run(`docker logout ${server.registry}`)

  // GitLab: the script of the job.
  await dialog.getByRole('tab', { name: 'GitLab CI' }).click()
  const { push } = parse(await textOf(dialog, 'Add a job.')) as GitLabJobs
  const variables = { IMAGE: push.variables.IMAGE.replace('/image:', '/shop:').replace('$CI_COMMIT_TAG', 'v2') }
  await shell.run(push.script.join('\n'), { env: { ...env, ...variables } })
  await isThere(variables.IMAGE)
  await shell.run(`docker logout ${server.registry}`)

  // Kubernetes: the manifest's secret, decoded as the kubelet does, is a configuration with which clients pull.
  await dialog.getByRole('tab', { name: 'Kubernetes' }).click()
  const manifest = parse(await textOf(dialog, 'The manifest.')) as { type: string; data: Record<string, string> }
  expect(manifest.type).toBe('kubernetes.io/dockerconfigjson')
  await shell.write('config.json', Buffer.from(manifest.data['.dockerconfigjson'] ?? '', 'base64').toString())
  const pod = parse(await textOf(dialog, 'Name it in the pod.')) as { spec: { containers: { image: string }[] } }
  const pulled = pod.spec.containers[0]?.image.replace('/image:', '/shop:') ?? ''
  await shell.run(`skopeo copy --src-tls-verify=false --src-authfile config.json docker://${pulled} dir:pulled`)

  // Docker: what a person types.
  await dialog.getByRole('tab', { name: 'Docker' }).click()
  await shell.run(await textOf(dialog, 'Log in.'), { input: `${secret}\n` })
  const typed = (await textOf(dialog, 'Push.')).replaceAll('image-id', id).replaceAll('/image:v1', '/shop:v3')
  await shell.run(typed)
  await shell.run((await textOf(dialog, 'Pull.')).replace('/image:', '/shop:'))

  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.locator('body')).not.toContainText(secret)
  const row = page.getByRole('row').filter({ hasText: 'robot+ci' })
  await expect(row).toContainText(/Push\s*test/)
  // Later it is shown again, without the secret.
  await row.getByRole('button', { name: 'Connect robot+ci' }).click()
  await dialog.getByRole('tab', { name: 'Kubernetes' }).click()
  await expect(dialog.getByRole('tabpanel')).toContainText('--from-file=.dockerconfigjson=pull.json')
  await shell.dispose()

  async function isThere(name: string) {
    await skopeo.run(['inspect', '--tls-verify=false', '--creds', `robot+ci:${secret}`, `docker://${name}`])
  }
})

test('podman, skopeo and helm log on, push and pull with the commands of the dialog', async ({
  context,
  helm,
  page,
  podman,
  signIn,
  skopeo,
  startPrivateServer,
}) => {
  test.setTimeout(240_000)
  const server = await startPrivateServer()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(server)
  await page.goto(`${server.url}/robots`)
  for (const name of ['podman', 'skopeo', 'shop']) await new Api(server).createRepository({ name })
  const { dialog, secret } = await createRobot(page, 'tools')
  const shell = await Shell.create({ helm, podman, skopeo })
  const input = `${secret}\n`

  await dialog.getByRole('tab', { name: 'Podman' }).click()
  const id = await podman.importImage('of podman')
  await shell.run(await textOf(dialog, 'Log in.'), { input })
  await shell.run((await textOf(dialog, 'Push.')).replace('image-id', id).replace('/image:', '/podman:'))
  await shell.run((await textOf(dialog, 'Pull.')).replace('/image:', '/podman:'))

  await dialog.getByRole('tab', { name: 'skopeo' }).click()
  const local = await skopeo.makeImage('of skopeo')
  await shell.run(await textOf(dialog, 'Log in.'), { input })
  const copied = (await textOf(dialog, 'Copy an image here.')).replace(/docker:\/\/quay\S+/, local)
  await shell.run(copied.replace('/image:', '/skopeo:'))
  await shell.run((await textOf(dialog, 'Copy an image out.')).replace('/image:', '/skopeo:'))

  await dialog.getByRole('tab', { name: 'Helm' }).click()
  await shell.run('helm create shop && helm package shop --version 1.0.0')
  await shell.run(await textOf(dialog, 'Log in.'), { input })
  await shell.run((await textOf(dialog, 'Push a chart.')).replace('chart-1.0.0.tgz', 'shop-1.0.0.tgz'))
  await shell.run(`rm shop-1.0.0.tgz; ${(await textOf(dialog, 'Pull a chart.')).replace('/chart ', '/shop ')}`)
  expect((await shell.read('shop-1.0.0.tgz')).length).toBeGreaterThan(0)

  // Without the secret at hand, podman writes the pull file of Kubernetes.
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Connect robot+tools' }).click()
  await dialog.getByRole('tab', { name: 'Kubernetes' }).click()
  await shell.run(await textOf(dialog, 'Write a pull file.'), { input })
  const image = `docker://${server.registry}/test/podman:v1`
  await shell.run(`skopeo inspect --authfile pull.json --tls-verify=false ${image}`)

  // Terraform's variable is what is pasted, and nothing is shown of it.
  await dialog.getByRole('tab', { name: 'Terraform' }).click()
  const read = await textOf(dialog, 'Give the secret to Terraform.')
  expect(await shell.run(`${read}; printenv TF_VAR_stele_secret`, { input })).toBe(secret)
  await shell.dispose()
})

interface GitHubWorkflow {
  jobs: Record<string, { env: { IMAGE: string }; steps: { env?: Record<string, string>; run?: string }[] }>
}

interface GitLabJobs {
  push: { variables: { IMAGE: string }; script: string[] }
}

/** A value with the repository's secret in it, as GitHub's runner expands it. */
function expand(value: string, secret: string): string {
  return value.replace('${{ secrets.STELE_SECRET }}', secret)
}
