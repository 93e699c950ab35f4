import type { Locator, Page } from '@playwright/test'
import { robotWithSecret } from '@/lib/api/schemas/robots'
import { type Api, userPassword } from '../api'
import { expect, test, uniqueName } from '../fixtures'
import { instanceAddress, instancesAddress, repositoryAddress } from '../pages/addresses'
import { chooseFrom } from '../pages/combobox'

/*
 * Whatever the server refuses of a form, its reason stands beside the field that it is about, and that field has the focus.
 * The server refuses for real, by what was made, taken or deleted while the form was open.
 */

interface Refused {
  /** Opens the form, fills it in and makes the server refuse it. Resolves with the form. */
  refuse: (page: Page, api: Api) => Promise<Locator>
  field: string
  reason: string
}

const nullCharacter = 'The text has a null character.'

const cases: Record<string, Refused> = {
  'Create Instance: the name is taken': {
    refuse: async (page, api) => {
      const { name } = await api.createInstance({ regionId: 'me-east-1' })
      await page.goto(instancesAddress('me-east-1'))
      const dialog = await open(page, 'Create Instance')
      await dialog.getByLabel('Instance Name').fill(name)
      return dialog
    },
    field: 'Instance Name',
    reason: 'This region has an instance of that name already.',
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
    reason: 'Not found',
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
  'Change Password: the current one is wrong': {
    refuse: async (page) => changePassword(page, 'not-the-password', 'correct horse battery'),
    field: 'Current Password',
    reason: 'The password is wrong.',
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
    reason: 'The password is wrong.',
  },
}

for (const [name, { refuse, field, reason }] of Object.entries(cases)) {
  test(`the server’s reason is beside the field: ${name}`, async ({ api, page, signIn }) => {
    await signIn()
    const form = await refuse(page, api)
    await form.locator('button[type=submit]').click()
    if (field === '') {
      await expect(form.getByRole('alert')).toBeVisible()
      await expect(form.locator('[aria-invalid]')).toHaveCount(0)
      return
    }
    await expect(form.locator('[aria-invalid=true]')).toHaveCount(1)
    const isChoice = (await form.locator('[aria-invalid=true]').getAttribute('role')) === 'combobox'
    const input = form.getByRole(isChoice ? 'combobox' : 'textbox', { name: field, exact: true })
    await expect(input).toHaveAttribute('aria-invalid', 'true')
    await expect(input).toHaveAccessibleDescription(reason)
    await expect(input).toBeFocused()
    // Said once: not in a box above as well.
    await expect(form.getByRole('alert')).toHaveCount(0)
    // It was said of another value.
    if (isChoice) return
    await input.press('End')
    await input.pressSequentially('x')
    await expect(input).not.toHaveAttribute('aria-invalid')
  })
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
