import type { Locator, Page } from '@playwright/test'
import type { ServerInfo } from '../server'

/**
 * ACR's procedure to make a repository immutable, by the words on the screen
 * (help page "Configure a repository to be immutable"): each step finds what the help page names, where it says so.
 */
export class AcrProcedure {
  constructor(private readonly page: Page) {}

  /** 1. Log on to the console. */
  async logOn(server: ServerInfo): Promise<void> {
    await this.page.goto(server.url)
    await this.page.getByLabel('User name').fill(server.admin.name)
    await this.page.getByLabel('Password', { exact: true }).fill(server.admin.password)
    await this.page.getByRole('button', { name: 'Log On' }).click()
  }

  /** 2. In the top navigation bar, select a region. */
  async selectRegion(name: string): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Region' }).click()
    await this.page.getByRole('dialog', { name: 'Select a region' }).getByRole('link', { name }).click()
  }

  /** 3. In the left-side navigation pane, click Instances. */
  async openInstances(): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: 'Instances', exact: true }).first().click()
    await this.page.getByRole('heading', { name: 'Instances', exact: true, level: 1 }).waitFor()
  }

  /** 4. On the Instances page, click the instance. */
  async openInstance(name: string): Promise<void> {
    await this.page.getByRole('main').getByRole('link', { name, exact: true }).click()
  }

  /** 5. Choose Repository > Repositories. */
  async chooseRepositories(): Promise<void> {
    await this.page.getByRole('list', { name: 'Repository', exact: true }).getByText('Repositories').click()
    await this.page.getByRole('heading', { name: 'Repositories', exact: true, level: 1 }).waitFor()
  }

  /** 6. Find the repository and click Manage in the Actions column. */
  async manage(namespace: string, repository: string): Promise<void> {
    await this.page.getByRole('main').getByRole('searchbox').fill(repository)
    const table = this.page.getByRole('table', { name: 'Repositories' })
    const row = table.getByRole('row', { name: repository })
    await row.waitFor()
    const column = (await table.getByRole('columnheader').allInnerTexts()).indexOf('Actions')
    const cells = row.getByRole('cell').or(row.getByRole('rowheader'))
    await cells
      .nth(column)
      .getByRole('link', { name: `Manage ${namespace}/${repository}` })
      .click()
  }

  /** 7. On the repository details page, click Edit in the Details section. */
  async edit(): Promise<void> {
    await this.details().getByRole('button', { name: 'Edit', exact: true }).click()
  }

  /** 8. In the Modify Settings dialog box, select (or clear) Immutable and click Confirm. */
  async setImmutable(immutable: boolean): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: 'Modify Settings' })
    await dialog.getByRole('checkbox', { name: 'Immutable' }).setChecked(immutable)
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
  }

  /** The Details section. */
  details(): Locator {
    return this.page.getByRole('region', { name: 'Details' })
  }
}
