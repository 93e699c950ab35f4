import type { BrowserContext, Page } from '@playwright/test'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { type Api, userPassword } from '../api'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, repositoryAddress } from '../pages/addresses'

/* What people and clients may write, what links may say, and what pages of others may ask a browser for: ../tricks.ts. */

/** Ways to have a script run where text is taken for HTML. Each would leave a mark on the page. */
const scripts = [
  '<script data-planted>ran=1</script>',
  '<img src=x onerror=ran=1 data-planted>',
  '"><svg/onload=ran=1 data-planted>',
  "'-ran=1-'${ran=1}{{ran=1}}</title><b data-planted>",
]

/** Opens a page that shows `texts`, and checks that it shows them as text. */
async function expectText(page: Page, address: string, texts: readonly string[]): Promise<void> {
  await page.goto(address)
  for (const text of texts) await expect(page.getByText(text).first(), `${address}: ${text}`).toBeVisible()
  await expectUnharmed(page, address)
}

async function expectUnharmed(page: Page, what: string): Promise<void> {
  await expect(page.locator('[data-planted]'), what).toHaveCount(0)
  expect(await page.evaluate(() => 'ran' in globalThis), what).toBe(false)
}

test.describe('a script that somebody wrote', () => {
  for (const script of scripts) {
    test(`is text on every page that shows it: ${script}`, async ({ api, context, page, server, signIn }) => {
      const requested: string[] = []
      page.on('request', (request) => requested.push(request.url()))
      page.on('dialog', (dialog) => requested.push(dialog.message()))
      await signIn()
      const { id: instanceId } = await api.defaultInstance()
      const markdown = `${script}\n\n[link](javascript:ran=1) ![picture](//evil.test/a.png) <javascript:ran=1>\n\n# ${script}`
      const repository = await api.createRepository({ summary: script, description: markdown })
      await pushImage(server, `test/${repository.name}`, 'v1')
      const userName = uniqueName('user')
      const user = { name: userName, displayName: script, password: userPassword, role: 'MEMBER' }
      expect((await api.request('POST', '/users', user)).status).toBe(201)
      const robot = { name: uniqueName('robot'), description: script }
      await api.send('POST', `/instances/${instanceId}/robots`, robotWithSecret, robot)
      // A client says who it is: to the sessions, and to the record of what it does.
      await context.setExtraHTTPHeaders({ 'user-agent': script })
      await signIn()
      await context.setExtraHTTPHeaders({})
      await api.request(
        'POST',
        '/instances',
        { name: uniqueName('of'), regionId: 'us-west-1' },
        { 'user-agent': script },
      )

      await expectText(page, repositoryAddress(repository, 'details'), [script])
      await expect(page.getByRole('main').locator('a[href*="javascript" i], img')).toHaveCount(0)
      const home = await api.defaultInstance()
      await expectText(page, `${instanceAddress(home, 'repositories')}?search=${repository.name}`, [repository.name])
      await expectText(page, repositoryAddress(repository, 'tags'), ['v1'])
      await expectText(page, `/users?search=${userName}`, [script])
      await expectText(page, `/robots?search=${robot.name}`, [robot.name, script])
      // A client that is not known is called by the first word it says.
      await expectText(page, '/audit', [script.split(' ')[0] ?? ''])
      await expectText(page, '/account/security', ['Sessions'])

      expect(requested.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([])
    })

    test(`in an address is text: ${script}`, async ({ api, page, signIn }) => {
      await signIn()
      const home = await api.defaultInstance()
      const written = encodeURIComponent(script)
      for (const address of [
        `${instancesAddress()}?search=${written}`,
        `${instanceAddress(home, 'repositories')}?search=${written}&namespace=${written}&sort=${written}`,
        `${instanceAddress(home, 'namespaces')}?search=${written}`,
        `/audit?actor=${written}&search=${written}`,
        `/${written}/instances`,
        `/${written.replaceAll('%2F', '_')}`,
      ]) {
        await page.goto(address)
        await expect(page.getByRole('heading').first()).toBeVisible()
        await expectUnharmed(page, address)
      }
    })
  }

  test('cannot be a name or a tag', async ({ api, server }) => {
    const { name } = await api.createRepository()
    for (const script of scripts) {
      await expect(pushImage(server, `test/${name}`, encodeURIComponent(script))).rejects.toThrow(/ (?:400|404|405) /)
      for (const [path, body] of [
        ['/users', { name: script, password: userPassword }],
        ['/instances', { name: script, regionId: 'us-west-1' }],
      ] as const) {
        expect((await api.request('POST', path, body)).status, `${path}: ${script}`).toBe(400)
      }
    }
  })

  test('would be kept from running by the policy, did it ever come into a page', async ({ browser, server }) => {
    // A context of its own: here the policy is meant to be broken.
    const context = await browser.newContext({ baseURL: server.url })
    await context.addInitScript(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective))
    })
    const planted = [
      ...['<script>ran=1</script>', '<script nonce="">ran=1</script>', '<script src="http://evil.test/a.js"></script>'],
      ...['<script src="/v2/test/example/blobs/sha256:0"></script>', '<img src="data:," onerror="ran=1">'],
      ...['<p style="color:red">x</p>', '<style>p{color:red}</style>', '<img src="http://evil.test/a.png">'],
      ...['<base href="http://evil.test/">', '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>'],
      ...['<object data="/icon.svg"></object>', '<link rel="manifest" href="http://evil.test/a">'],
    ].join('')
    await context.route('**/login', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: (await response.text()).replace('<body>', `<body>${planted}`) })
    })
    const page = await context.newPage()
    await page.goto('/login')
    // What is ours runs all the same.
    await page.getByRole('button', { name: 'Log On' }).click()
    await expect(page.getByLabel('User name')).toHaveAccessibleDescription('Enter your user name.')

    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    expect(new Set(seen)).toEqual(
      new Set([
        ...['script-src-elem', 'script-src-attr', 'style-src-attr', 'style-src-elem', 'img-src', 'base-uri'],
        ...['object-src'],
      ]),
    )
    expect(seen.filter((directive) => directive === 'script-src-elem').length).toBeGreaterThanOrEqual(4)
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    await context.close()
  })
})

test.describe('a link to the log-on page', () => {
  const elsewhere = [
    'https://evil.test/',
    '//evil.test/',
    '///evil.test/',
    '/\\evil.test/',
    '\\\\evil.test/',
    '/\t/evil.test/',
    '/%09/evil.test/',
    '/%2Fevil.test/',
    '/%5Cevil.test/',
    '/.//evil.test/',
    '/a/..//evil.test/',
    'javascript:alert(1)',
    'data:text/html,x',
    'http:evil.test',
    '@evil.test',
    '.evil.test',
    '/\r\nLocation: https://evil.test/',
  ]

  test('leads who is logged on to no other host', async ({ context, server, signIn }) => {
    await signIn()
    for (const next of elsewhere) {
      const address = `/login?next=${encodeURIComponent(next)}`
      const answer = await context.request.get(address, { maxRedirects: 0 })
      const location = answer.headers()['location'] ?? ''
      expect(location, address).toMatch(/^\/(?![/\\])/)
      expect(new URL(location, server.url).origin, address).toBe(server.url)
    }
  })

  for (const next of ['//evil.test/', '/\\evil.test/', 'javascript:alert(1)']) {
    test(`leads who logs on to no other host: ${next}`, async ({ page, server }) => {
      await page.goto(`/login?next=${encodeURIComponent(next)}`)
      await page.getByLabel('User name').fill(server.admin.name)
      await page.getByLabel('Password', { exact: true }).fill(server.admin.password)
      await page.keyboard.press('Enter')
      await expect(page).toHaveURL(`${server.url}/cn-hangzhou/instances`)
    })
  }
})

test.describe('a page of somebody else', () => {
  /** Another port of the server's own host: browsers send its cookies along. And another site. */
  const origins = ['http://127.0.0.1:8099', 'http://evil.test']

  for (const origin of origins) {
    test(`${origin} changes nothing by a form or a script, and logs nobody on`, async ({
      api,
      context,
      page,
      server,
      signIn,
    }) => {
      await signIn()
      const { id } = await api.defaultInstance()
      const planted = uniqueName('planted')
      await serve(context, origin)
      const namespaces = `${server.url}/api/v1/instances/${id}/namespaces`
      const statuses = [
        await submit(context, origin, namespaces, `{"name":"${planted}","x":"`),
        await submit(context, origin, `${server.url}/api/v1/session`, '{"userName":"admin","password":"'),
      ]
      expect(statuses).toEqual([403, 403])
      await page.goto(`${origin}/`)
      for (const [method, contentType] of [
        ['POST', 'text/plain'],
        ['POST', 'application/json'],
        ['DELETE', ''],
        ['PATCH', 'application/json'],
      ] as const) {
        const answer = await page.evaluate(
          ([url, name, given, type]) =>
            fetch(url, {
              method: given,
              mode: type === 'text/plain' ? 'no-cors' : 'cors',
              credentials: 'include',
              headers: type === '' ? {} : { 'content-type': type },
              ...(given === 'DELETE' ? {} : { body: JSON.stringify({ name }) }),
            }).then(
              (response) => response.type,
              () => 'refused',
            ),
          [namespaces, planted, method, contentType] as const,
        )
        expect(['refused', 'opaque'], method).toContain(answer)
      }

      expect(await namespaceExists(api, id, planted)).toBe(false)
      // Nor can it read anything.
      const read = await page.evaluate(
        (url) =>
          fetch(url, { credentials: 'include' }).then(
            (response) => response.text(),
            () => 'refused',
          ),
        namespaces,
      )
      expect(read).toBe('refused')
    })

    test(`${origin} cannot show the console in a frame`, async ({ browser, server }) => {
      const context = await browser.newContext()
      await serve(context, origin, `<iframe src="${server.url}/login"></iframe>`)
      const page = await context.newPage()
      await page.goto(`${origin}/`)
      await expect.poll(() => page.frames().at(1)?.url()).toMatch(/^chrome-error:/)
      await context.close()
    })
  }
})

/** Answers for a host that is not there. */
async function serve(context: BrowserContext, origin: string, body = ''): Promise<void> {
  await context.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body }))
}

/**
 * Sends a form of another origin's page as text that is JSON, with `begin` as its beginning: the way past a check of
 * nothing but the body. Answers with the status.
 */
async function submit(context: BrowserContext, origin: string, url: string, begin: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(`${origin}/`)
  const answered = page.waitForResponse((response) => response.url() === url && response.request().method() === 'POST')
  await page.evaluate(
    ([action, inputName, inputValue]) => {
      const form = document.createElement('form')
      Object.assign(form, { action, method: 'post', enctype: 'text/plain' })
      const input = document.createElement('input')
      Object.assign(input, { name: inputName, value: inputValue })
      form.append(input)
      document.body.append(form)
      form.submit()
    },
    [url, begin, '"}'] as const,
  )
  const status = (await answered).status()
  await page.close()
  return status
}

async function namespaceExists(api: Api, instanceId: string, name: string): Promise<boolean> {
  const answer = await api.request('GET', `/instances/${instanceId}/namespaces?search=${name}`)
  return (await answer.text()).includes(name)
}
