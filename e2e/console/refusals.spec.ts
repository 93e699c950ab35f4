import type { Locator, Page } from '@playwright/test'
import { invitation, type InvitationView } from '@/lib/api/schemas/invitations'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { type Api, userPassword } from '../api'
import { expect, pushImage, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'
import type { ServerInfo } from '../server'

/*
 * Whatever the server refuses of a form, its reason stands beside the field that it is about, and that field has the focus.
 * The server refuses for real: by what was made, taken or deleted while the form was open, or, where the form sends nothing
 * that it would refuse, because the request is changed on its way.
 */

interface Refused {
  /** Opens the form, fills it in and makes the server refuse it. Resolves with the form. */
  refuse: (page: Page, api: Api, server: ServerInfo) => Promise<Locator>
  /** Empty: it is about no field. */
  field: string
  reason: string | RegExp
  /** The form says something else as an alert. */
  hasAlert?: boolean
}

/** A region that no other test looks into. */
const region = 'ap-northeast-2'

const nullCharacter = 'The text has a null character.'
const gone = 'It does not exist, or you may not see it.'
const notEmpty = 'It is not empty. Delete what it holds first.'

const cases: Record<string, Refused> = {
  'Create Instance: the name is taken': {
    refuse: async (page, api) => {
      const { name } = await api.createInstance({ regionId: region })
      await page.goto(instancesAddress(region))
      const dialog = await open(page, 'Create Instance')
      await dialog.getByLabel('Instance Name').fill(name)
      return dialog
    },
    field: 'Instance Name',
    reason: 'This region has an instance of that name already.',
  },
  'Rename Instance: the name is taken': {
    refuse: async (page, api) => {
      const { name } = await api.createInstance({ regionId: region })
      const other = await api.createInstance({ regionId: region })
      await page.goto(`${instancesAddress(region)}?search=${other.name}`)
      const dialog = await openFromMenu(page, other.name, 'Rename')
      await dialog.getByLabel('Instance Name').fill(name)
      return dialog
    },
    field: 'Instance Name',
    reason: 'This region has an instance of that name already.',
  },
  'Delete Instance: it got a namespace meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const instance = await api.createInstance({ regionId: region })
      await page.goto(`${instancesAddress(region)}?search=${instance.name}`)
      const dialog = await openFromMenu(page, instance.name, 'Delete')
      await dialog.getByRole('textbox').fill(instance.name)
      await api.createNamespace({}, instance.id)
      return dialog
    },
    field: '',
    reason: notEmpty,
  },
  'Create Namespace: the name is taken': {
    refuse: async (page, api) => {
      await page.goto(instanceAddress(await api.defaultInstance(), 'namespaces'))
      const dialog = await open(page, 'Create Namespace')
      await dialog.getByLabel('Namespace', { exact: true }).fill('test')
      return dialog
    },
    field: 'Namespace',
    reason: 'This instance has a namespace of that name already.',
  },
  'Edit Namespace: it was deleted meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const instance = await api.createInstance()
      const namespace = await api.createNamespace({ name: 'gone' }, instance.id)
      await page.goto(instanceAddress(instance, 'namespaces'))
      await page.getByRole('button', { name: 'Edit gone' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('checkbox').first().click()
      await api.request('DELETE', `/namespaces/${namespace.id}`)
      return dialog
    },
    field: '',
    reason: gone,
  },
  'Edit Namespace: untagged manifests kept for too long': {
    refuse: async (page, api) => {
      const namespace = await api.createNamespace()
      await page.goto(`${instanceAddress(await api.defaultInstance(), 'namespaces')}?search=${namespace.name}`)
      await page.getByRole('button', { name: `Edit ${namespace.name}` }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Keep Untagged Manifests').selectOption('7 days')
      await changeOnTheWay(page, /\/namespaces\/[^/]+$/, () => ({ untaggedRetentionDays: 9999 }))
      return dialog
    },
    field: 'Keep Untagged Manifests',
    reason: /3650/,
  },
  'Delete Namespace: it got a repository meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const instance = await api.createInstance()
      await api.createNamespace({ name: 'full' }, instance.id)
      await page.goto(instanceAddress(instance, 'namespaces'))
      await page.getByRole('button', { name: 'Delete full' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('full')
      await api.createRepository({ namespace: 'full' }, instance.id)
      return dialog
    },
    field: '',
    reason: notEmpty,
  },
  'Create Repository: the namespace was deleted meanwhile': {
    refuse: async (page, api) => {
      const instance = await api.createInstance()
      const namespace = await api.createNamespace({ name: 'gone' }, instance.id)
      await page.goto(instanceAddress(instance, 'repositories'))
      const dialog = await open(page, 'Create Repository')
      await dialog.getByLabel('Repository Name').fill('app')
      await api.request('DELETE', `/namespaces/${namespace.id}`)
      return dialog
    },
    field: 'Namespace',
    reason: 'The instance has no such namespace any more.',
  },
  'Create Repository: the name is taken': {
    refuse: async (page, api) => {
      const { name } = await api.createRepository()
      await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?namespace=test`)
      const dialog = await open(page, 'Create Repository')
      await dialog.getByLabel('Repository Name').fill(name)
      return dialog
    },
    field: 'Repository Name',
    reason: 'The namespace has a repository of that name already.',
  },
  'Modify Settings: a text that cannot be stored': {
    refuse: async (page, api) => {
      await page.goto(repositoryAddress(await api.createRepository(), 'details'))
      await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Edit' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Summary').fill('a\0b')
      return dialog
    },
    field: 'Summary',
    reason: nullCharacter,
  },
  'Policy: an exempt tag that can be none': {
    refuse: async (page, api) => {
      const form = await changePolicy(page, await api.createRepository())
      await changeOnTheWay(page, /\/repositories\/[^/]+$/, () => ({ immutability: { exemptTags: ['dev/*'] } }))
      return form
    },
    field: 'Exempt tags',
    reason: /a tag or a glob/,
  },
  'Policy: the repository was deleted meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const repository = await api.createRepository()
      const form = await changePolicy(page, repository)
      await api.request('DELETE', `/repositories/${repository.id}`)
      return form
    },
    field: '',
    reason: gone,
  },
  'Delete Repository: a reason that cannot be stored': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository({ tagImmutability: true })
      const path = `test/${repository.name}`
      await pushImage(server, path, 'v1')
      await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)
      await page.getByRole('button', { name: `Delete ${path}` }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill(repository.name)
      await dialog.getByRole('button', { name: 'Delete Repository' }).click()
      await dialog.getByLabel(`Type ${path} to confirm`).fill(path)
      await dialog.getByLabel('Reason').fill('a\0b')
      return dialog
    },
    field: 'Reason',
    reason: nullCharacter,
    // It names the immutable tags.
    hasAlert: true,
  },
  'Delete Repository: it was deleted meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const repository = await api.createRepository()
      await page.goto(`${instanceAddress(await api.defaultInstance(), 'repositories')}?search=${repository.name}`)
      await page.getByRole('button', { name: `Delete test/${repository.name}` }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill(repository.name)
      await api.request('DELETE', `/repositories/${repository.id}`)
      return dialog
    },
    field: '',
    reason: gone,
  },
  'Delete Tag: a reason that cannot be stored': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository({ tagImmutability: true })
      const dialog = await deleteTag(page, server, repository)
      await dialog.getByLabel('Reason').fill('a\0b')
      return dialog
    },
    field: 'Reason',
    reason: nullCharacter,
  },
  'Delete Tag: it was protected meanwhile, which is about no field': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository()
      const dialog = await deleteTag(page, server, repository)
      await api.updateRepository(repository.id, { tagImmutability: true })
      return dialog
    },
    field: '',
    reason: 'The tag is immutable and cannot be deleted without a reason.',
  },
  'Delete Tags: a reason that cannot be stored': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository()
      await pushImage(server, `test/${repository.name}`, 'v1')
      await page.goto(repositoryAddress(repository, 'tags'))
      await page.getByRole('checkbox', { name: 'Select v1' }).check()
      await page
        .getByRole('group', { name: 'Selection' })
        .getByRole('button', { name: /^Delete/ })
        .click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('a\0b')
      return dialog
    },
    field: 'Reason to delete protected tags too',
    reason: nullCharacter,
  },
  'Release Name: a reason that cannot be stored': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository({ tagImmutability: true })
      await pushImage(server, `test/${repository.name}`, 'v1')
      await api.request('DELETE', `/repositories/${repository.id}/tags/v1?reason=legal`)
      await page.goto(repositoryAddress(repository, 'immutability'))
      const dialog = await open(page, 'Release v1')
      await dialog.getByRole('textbox').fill('a\0b')
      return dialog
    },
    field: 'Reason',
    reason: nullCharacter,
  },
  'Copy Tag: the target became immutable meanwhile': {
    refuse: async (page, api, server) => {
      const target = await api.createRepository()
      await pushImage(server, `test/${target.name}`, 'v1', 'another')
      const dialog = await copyTag(page, api, server, target)
      await api.updateRepository(target.id, { tagImmutability: true })
      return dialog
    },
    field: 'New Tag',
    reason: 'The requested tag already exists and cannot be overwritten.',
  },
  'Copy Tag: the target was deleted meanwhile': {
    refuse: async (page, api, server) => {
      const target = await api.createRepository()
      const dialog = await copyTag(page, api, server, target)
      await api.request('DELETE', `/repositories/${target.id}`)
      return dialog
    },
    field: 'Target Repository',
    reason: 'This repository does not exist any more, or you may not push to it.',
  },
  'Copy Tag: the content was deleted meanwhile, which is about no field': {
    refuse: async (page, api, server) => {
      const source = await api.createRepository()
      const dialog = await copyTag(page, api, server, await api.createRepository(), source)
      await api.request('DELETE', `/repositories/${source.id}`)
      return dialog
    },
    field: '',
    reason: gone,
  },
  'Restore Tag: a reason that cannot be stored': {
    refuse: async (page, api, server) => {
      const dialog = await restoreTag(page, server, await api.createRepository())
      await dialog.getByLabel('Reason').fill('a\0b')
      return dialog
    },
    field: 'Reason',
    reason: nullCharacter,
  },
  'Restore Tag: the repository became immutable meanwhile, which is about no field': {
    refuse: async (page, api, server) => {
      const repository = await api.createRepository()
      const dialog = await restoreTag(page, server, repository)
      await api.updateRepository(repository.id, { tagImmutability: true })
      return dialog
    },
    field: '',
    reason: 'The requested tag already exists and cannot be overwritten.',
  },
  'Create User: the name is taken': {
    refuse: async (page, api) => {
      const { name } = await api.createUser()
      await page.goto('/users')
      const dialog = await open(page, 'Create User')
      await dialog.getByLabel('User Name').fill(name)
      await typeTwice(dialog, userPassword)
      return dialog
    },
    field: 'User Name',
    reason: 'There is a user of that name already.',
  },
  'Create User: the password is a common one': {
    refuse: async (page) => {
      await page.goto('/users')
      const dialog = await open(page, 'Create User')
      await dialog.getByLabel('User Name').fill(uniqueName('user'))
      await typeTwice(dialog, 'password1234')
      return dialog
    },
    field: 'Password',
    reason: 'This is a common password, easy to guess.',
  },
  'Set Password: it is the user name': {
    refuse: async (page, api) => {
      const { id, name } = await api.createUser({ name: uniqueName('a-long-user-name') })
      await page.goto(`/users/${id}`)
      await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click()
      await page.getByRole('menuitem', { name: 'Set Password' }).click()
      const dialog = page.getByRole('dialog')
      await typeTwice(dialog, name)
      return dialog
    },
    field: 'Password',
    reason: 'The password must not be the user name.',
  },
  'Edit User: a name with a control character': {
    refuse: async (page, api) => {
      await page.goto(`/users/${(await api.createUser()).id}`)
      await page.getByRole('button', { name: 'Edit' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Display Name').fill('a\u0007b')
      return dialog
    },
    field: 'Display Name',
    reason: 'The text has control characters.',
  },
  'Delete User: the user was deleted meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const { id, name } = await api.createUser()
      await page.goto(`/users?search=${name}`)
      const dialog = await openFromMenu(page, name, 'Delete User')
      await dialog.getByRole('textbox').fill(name)
      await api.request('DELETE', `/users/${id}`)
      return dialog
    },
    field: '',
    reason: gone,
  },
  'Invitation: the password is a common one': {
    refuse: async (page, api) => {
      const form = await openInvitation(page, await invite(api))
      await typeTwice(form, 'password1234')
      return form
    },
    field: 'Password',
    reason: 'This is a common password, easy to guess.',
  },
  'Invitation: it was revoked meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const invited = await invite(api)
      const form = await openInvitation(page, invited)
      await typeTwice(form, userPassword)
      await api.request('DELETE', `/users/${invited.userId}/invitation`)
      return form
    },
    field: '',
    reason: 'The invitation expired, was used, or was revoked.',
  },
  'Invite User: the scope was deleted meanwhile': {
    refuse: async (page, api) => {
      const name = uniqueName('gone')
      const namespace = await api.createNamespace({ name })
      await page.goto('/users')
      const dialog = await open(page, 'Invite User')
      await dialog.getByLabel('User Name').fill(uniqueName('user'))
      const instance = dialog.getByRole('combobox', { name: 'Instance' })
      if (await instance.isVisible()) await chooseFrom(dialog, 'Instance', 'example')
      await dialog.getByRole('radio', { name: 'A namespace' }).check()
      await chooseFrom(dialog, 'Namespace', name)
      await api.request('DELETE', `/namespaces/${namespace.id}`)
      return dialog
    },
    field: 'Namespace',
    reason: 'This does not exist any more, or is not of this instance.',
  },
  'Grant Access: the user was deleted meanwhile': {
    refuse: async (page, api) => {
      const user = await api.createUser()
      await page.goto(repositoryAddress(await api.createRepository(), 'access'))
      const dialog = await open(page, 'Grant Access')
      await chooseFrom(dialog, 'User or Robot', user.name)
      await api.request('DELETE', `/users/${user.id}`)
      return dialog
    },
    field: 'User or Robot',
    reason: 'This user or robot does not exist any more, or is not of this instance.',
  },
  'Create Robot: the name is taken': {
    refuse: async (page, api) => {
      const instance = await api.defaultInstance()
      const name = uniqueName('robot')
      await api.send('POST', `/instances/${instance.id}/robots`, robotWithSecret, { name })
      await page.goto(instanceAddress(instance, 'credentials'))
      const dialog = await open(page, 'Create Robot')
      await dialog.getByLabel('Robot Name').fill(name)
      return dialog
    },
    field: 'Robot Name',
    reason: 'This instance has a robot of that name already.',
  },
  'Delete Robot: it was deleted meanwhile, which is about no field': {
    refuse: async (page, api) => {
      const name = uniqueName('robot')
      const { id } = await api.defaultInstance()
      const robot = await api.send('POST', `/instances/${id}/robots`, robotWithSecret, { name })
      await page.goto(`/robots?search=${name}`)
      const dialog = await openFromMenu(page, robot.userName, 'Delete Robot')
      await dialog.getByRole('textbox').fill(robot.userName)
      await api.request('DELETE', `/robots/${robot.id}`)
      return dialog
    },
    field: '',
    reason: gone,
  },
  'Edit Robot: a text that cannot be stored': {
    refuse: async (page, api) => {
      const instance = await api.defaultInstance()
      const name = uniqueName('robot')
      await api.send('POST', `/instances/${instance.id}/robots`, robotWithSecret, { name })
      await page.goto(`/robots?search=${name}`)
      await page.getByRole('button', { name: /^Edit/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Description').fill('a\0b')
      return dialog
    },
    field: 'Description',
    reason: nullCharacter,
  },
  'Open Tag: no such tag': {
    refuse: async (page, api) => {
      await page.goto(repositoryAddress(await api.createRepository({ tagImmutability: true }), 'immutability'))
      const dialog = await open(page, 'Open a Tag')
      await dialog.getByLabel('Tag').fill('missing')
      await dialog.getByLabel('Reason').fill('To see')
      return dialog
    },
    field: 'Tag',
    reason: 'The repository has no tag of this name.',
  },
  'Run Garbage Collection: too long a grace period': {
    refuse: async (page) => {
      await page.goto('/maintenance/garbage-collection')
      const dialog = await open(page, 'Run Now')
      await changeOnTheWay(page, /\/garbage-collections$/, () => ({ graceSeconds: 99_999_999 }))
      return dialog
    },
    field: 'Grace period in hours',
    reason: 'A whole number from 0 to 8760.',
  },
  'Change Password: the current one is wrong': {
    refuse: async (page) => changePassword(page, 'not-the-password', 'correct horse battery'),
    field: 'Current Password',
    reason: 'That is not your current password.',
  },
  'Two-step verification: the password is wrong': {
    refuse: async (page) => {
      await page.goto('/account/security')
      await page.getByRole('button', { name: 'Set Up' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Your Password' }).fill('not-the-password')
      return dialog
    },
    field: 'Your Password',
    reason: 'That is not your current password.',
  },
}

for (const [name, { refuse, field, reason, hasAlert = false }] of Object.entries(cases)) {
  test(`the server’s reason is beside the field: ${name}`, async ({ api, page, server, signIn }) => {
    await signIn()
    const form = await refuse(page, api, server)
    await form.locator('button[type=submit]').click()
    const invalid = form.locator('[aria-invalid=true]')
    if (field === '') {
      await expect(form.getByRole('alert')).toContainText(reason)
      await expect(invalid).toHaveCount(0)
      return
    }
    await expect(invalid).toHaveCount(1)
    await expect(invalid).toHaveAccessibleName(field)
    await expect(invalid).toHaveAccessibleDescription(reason)
    await expect(invalid).toBeFocused()
    // Said once: not in a box above as well.
    await expect(form.getByRole('alert')).toHaveCount(hasAlert ? 1 : 0)
    // It was said of another value.
    const input = form.getByRole('textbox', { name: field, exact: true })
    if ((await input.count()) === 0) return
    await input.press('End')
    await input.pressSequentially('x')
    await expect(input).not.toHaveAttribute('aria-invalid')
  })
}

test('a name that is typed to confirm a deletion, and is another one, is marked while it is typed', async ({
  api,
  page,
  signIn,
}) => {
  await signIn()
  const instance = await api.createInstance()
  await api.createNamespace({ name: 'team' }, instance.id)
  await api.createRepository({ namespace: 'team', name: 'shop' }, instance.id)
  await api.createNamespace({ name: 'empty' }, instance.id)
  for (const [list, object, name] of [
    ['namespaces', 'empty', 'empty'],
    ['repositories', 'team/shop', 'shop'],
  ] as const) {
    await page.goto(instanceAddress(instance, list))
    await page.getByRole('button', { name: `Delete ${object}` }).click()
    const dialog = page.getByRole('dialog')
    const typed = dialog.getByRole('textbox', { name: `Type ${name} to confirm` })
    await typed.pressSequentially(name.slice(0, 3))
    await expect(typed).not.toHaveAttribute('aria-invalid')
    await typed.press('Enter')
    await expect(typed).toHaveAccessibleDescription('This is not the name.')
    await typed.pressSequentially(name.slice(3))
    await expect(typed).not.toHaveAttribute('aria-invalid')
    await expect(dialog.locator('button[type=submit]')).toBeEnabled()
    await typed.pressSequentially('x')
    await expect(typed).toHaveAttribute('aria-invalid', 'true')
    await expect(dialog.locator('button[type=submit]')).toBeDisabled()
  }
})

/** Opens a dialog from the menu of a card or a row. */
async function openFromMenu(page: Page, name: string, item: string): Promise<Locator> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
  return page.getByRole('dialog')
}

/** Sends another body in place of that of each change to an address that matches. */
async function changeOnTheWay(page: Page, address: RegExp, body: () => unknown): Promise<void> {
  await page.route(address, (route) =>
    route.request().method() === 'GET' ? route.fallback() : route.continue({ postData: JSON.stringify(body()) }),
  )
}

async function open(page: Page, button: string): Promise<Locator> {
  await page.getByRole('main').getByRole('button', { name: button }).first().click()
  return page.getByRole('dialog')
}

async function typeTwice(dialog: Locator, password: string): Promise<void> {
  await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
  await dialog.getByRole('textbox', { name: 'Confirm Password' }).fill(password)
}

async function changePassword(page: Page, current: string, next: string): Promise<Locator> {
  await page.goto('/account/security')
  const dialog = await open(page, 'Change Password')
  await dialog.getByRole('textbox', { name: 'Current Password' }).fill(current)
  for (const name of ['New Password', 'Confirm New Password']) {
    await dialog.getByRole('textbox', { name, exact: true }).fill(next)
  }
  return dialog
}

async function changePolicy(page: Page, repository: RepositoryView): Promise<Locator> {
  await page.goto(repositoryAddress(repository, 'immutability'))
  const form = page.getByRole('main').locator('form')
  await form.getByRole('radio', { name: 'Audit' }).check()
  return form
}

async function deleteTag(page: Page, server: ServerInfo, repository: RepositoryView): Promise<Locator> {
  await pushImage(server, `test/${repository.name}`, 'v1')
  await page.goto(repositoryAddress(repository, 'tags'))
  const dialog = await open(page, 'Delete v1')
  // The tag has been read.
  await expect(dialog.getByRole('button', { name: 'Delete Tag' })).toBeVisible()
  return dialog
}

/** Fills in the copy of a tag `v1` to another repository. */
async function copyTag(
  page: Page,
  api: Api,
  server: ServerInfo,
  target: RepositoryView,
  source?: RepositoryView,
): Promise<Locator> {
  const from = source ?? (await api.createRepository())
  await pushImage(server, `test/${from.name}`, 'v1')
  await page.goto(repositoryAddress(from, 'tags'))
  const dialog = await open(page, 'Copy tag v1')
  await chooseFrom(dialog, 'Target Repository', `test/${target.name}`)
  await expect(dialog.getByRole('status').filter({ hasText: /The tag is (new )?there/ })).toBeVisible()
  return dialog
}

async function restoreTag(page: Page, server: ServerInfo, repository: RepositoryView): Promise<Locator> {
  const first = await pushImage(server, `test/${repository.name}`, 'v1', 'right')
  await pushImage(server, `test/${repository.name}`, 'v1', 'wrong')
  await page.goto(`${repositoryAddress(repository, 'tags')}/v1`)
  const checked = page.waitForResponse(/\/immutability\/check$/)
  const dialog = await open(page, `Restore ${first.slice(7, 19)}`)
  await checked
  return dialog
}

function invite(api: Api): Promise<InvitationView> {
  return api.send('POST', '/invitations', invitation, { name: uniqueName('invited') })
}

async function openInvitation(page: Page, { path }: InvitationView): Promise<Locator> {
  await page.goto(path)
  return page.locator('form')
}
