import { DockerDaemon, type Docker } from '../clients/docker'
import { requireCommands, requireRoot } from '../clients/require-commands'
import { expect, test as base, uniqueName } from '../fixtures'
import { AcrProcedure, type AcrLanguage } from '../pages/acr-procedure'

/*
 * ACR's two help pages, "Configure a repository to be immutable" and the one that verifies it by a push to the VPC endpoint, word
 * for word in both languages and at three widths. The names are set up as docs/addresses.md says: by one line in the file of
 * hosts.
 */

const refusal = 'The requested tag already exists and cannot be overwritten.'
const line = '127.0.0.1 example-registry.cn-hangzhou.localhost example-registry-vpc.cn-hangzhou.localhost'

const test = base.extend<{ dockerWithNames: Docker }, { daemonWithNames: DockerDaemon }>({
  daemonWithNames: [
    async ({}, use) => {
      const daemon = new DockerDaemon({ hosts: line })
      await use(daemon)
      await daemon.stop()
    },
    { scope: 'worker' },
  ],
  dockerWithNames: async ({ daemonWithNames }, use) => {
    requireCommands('docker', 'dockerd', 'unshare')
    requireRoot()
    const docker = await daemonWithNames.client()
    await use(docker)
    await docker.dispose()
  },
})

for (const language of ['en', 'zh-CN'] as const satisfies readonly AcrLanguage[]) {
  for (const width of [1440, 1024, 390]) {
    test(`ACR’s two help pages in ${language} at ${width} px, with a push to the VPC endpoint`, async ({
      api,
      context,
      dockerWithNames: docker,
      page,
      server,
    }) => {
      test.slow()
      await page.setViewportSize({ width, height: 900 })
      await context.addCookies([{ name: 'stele-locale', value: language, url: server.url }])
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const { namespace, name } = await api.createRepository({ name: uniqueName('vpc') })
      const procedure = new AcrProcedure(page, language)

      await procedure.logOn(server)
      await procedure.selectRegion()
      await procedure.openInstances()
      await procedure.openInstance('example')
      await procedure.chooseRepositories()
      await procedure.manage(namespace, name)
      await procedure.edit()
      await procedure.setImmutable(true)
      await expect(procedure.details()).toContainText(language === 'en' ? 'Immutable' : '不可变')

      const address = await procedure.copyVpcEndpoint()
      expect(address).toBe(`example-registry-vpc.cn-hangzhou.localhost:${server.port}/${namespace}/${name}`)
      const logIn = `docker login --username=${server.admin.name} ${address.split('/')[0]}`
      expect((await docker.paste(logIn, server.admin.password)).stdout).toContain('Login Succeeded')
      const push = async (content: string) => {
        await docker.run(['tag', await docker.importImage(`${name} ${content}`), `${address}:v1`])
        const { code, stdout, stderr } = await docker.attempt(['push', `${address}:v1`])
        return { code, text: stdout + stderr }
      }
      expect(await push('one')).toMatchObject({ code: 0 })
      const refused = await push('two')
      expect(refused.code).not.toBe(0)
      expect(refused.text).toContain(refusal)

      await procedure.edit()
      await procedure.setImmutable(false)
      await expect(procedure.details()).toContainText(language === 'en' ? 'Mutable' : '可变')
      expect(await push('two')).toMatchObject({ code: 0 })
    })
  }
}
