import type { Locator, Page } from '@playwright/test'
import type { ServerInfo } from '../server'

/** The words of ACR's help pages in its two languages, and of what surrounds them here. */
const words = {
  en: {
    userName: 'User name',
    password: 'Password',
    logOn: 'Log On',
    openNavigation: 'Open navigation',
    region: 'Region',
    selectRegion: 'Select a region',
    hangzhou: 'China (Hangzhou)',
    instances: 'Instances',
    repository: 'Repository',
    repositories: 'Repositories',
    actions: 'Actions',
    manage: 'Manage',
    details: 'Details',
    edit: 'Edit',
    modifySettings: 'Modify Settings',
    immutable: 'Immutable',
    confirm: 'Confirm',
    more: 'More endpoints',
    copyVpcEndpoint: 'Copy the VPC endpoint',
  },
  'zh-CN': {
    userName: '用户名',
    password: '密码',
    logOn: '登录',
    openNavigation: '打开导航',
    region: '地域',
    selectRegion: '选择地域',
    hangzhou: '华东1（杭州）',
    instances: '实例',
    repository: '仓库管理',
    repositories: '镜像仓库',
    actions: '操作',
    manage: '管理',
    details: '基本信息',
    edit: '编辑',
    modifySettings: '修改设置',
    immutable: '不可变',
    confirm: '确定',
    more: '更多访问地址',
    copyVpcEndpoint: '复制专有网络地址',
  },
} as const

/** A language of ACR's help pages. */
export type AcrLanguage = keyof typeof words

/**
 * ACR's procedure to make a repository immutable, by the words on the screen
 * (help page "Configure a repository to be immutable"): each step finds what the help page names, where it says so.
 */
export class AcrProcedure {
  readonly #words: (typeof words)[AcrLanguage]

  constructor(
    private readonly page: Page,
    language: AcrLanguage = 'en',
  ) {
    this.#words = words[language]
  }

  /** 1. Log on to the console. */
  async logOn(server: ServerInfo): Promise<void> {
    await this.page.goto(server.url)
    await this.page.getByLabel(this.#words.userName).fill(server.admin.name)
    await this.page.getByLabel(this.#words.password, { exact: true }).fill(server.admin.password)
    await this.page.getByRole('button', { name: this.#words.logOn }).click()
  }

  /** 2. In the top navigation bar, select a region. */
  async selectRegion(name: string = this.#words.hangzhou): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: this.#words.region }).click()
    await this.page.getByRole('dialog', { name: this.#words.selectRegion }).getByRole('link', { name }).click()
  }

  /** 3. In the left-side navigation pane, click Instances. */
  async openInstances(): Promise<void> {
    await this.#openPane()
    const { instances } = this.#words
    await this.page.getByRole('navigation').getByRole('link', { name: instances, exact: true }).first().click()
    await this.page.getByRole('heading', { name: instances, exact: true, level: 1 }).waitFor()
  }

  /** 4. On the Instances page, click the instance. */
  async openInstance(name: string): Promise<void> {
    await this.page.getByRole('main').getByRole('link', { name, exact: true }).click()
    await this.page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()
  }

  /** 5. Choose Repository > Repositories. */
  async chooseRepositories(): Promise<void> {
    await this.#openPane()
    const { repository, repositories } = this.#words
    await this.page.getByRole('list', { name: repository, exact: true }).getByText(repositories).click()
    await this.page.getByRole('heading', { name: repositories, exact: true, level: 1 }).waitFor()
  }

  /** 6. Find the repository and click Manage in the Actions column. */
  async manage(namespace: string, repository: string): Promise<void> {
    await this.page.getByRole('main').getByRole('searchbox').fill(repository)
    const table = this.page.getByRole('table', { name: this.#words.repositories })
    const row = table.getByRole('row', { name: repository })
    await row.waitFor()
    // On a narrow screen a row is a card, without a head above it.
    const column = (await table.getByRole('columnheader').allInnerTexts()).indexOf(this.#words.actions)
    const cells = row.getByRole('cell').or(row.getByRole('rowheader'))
    await (column < 0 && (await this.#isNarrow()) ? row : cells.nth(column))
      .getByRole('link', { name: `${this.#words.manage} ${namespace}/${repository}` })
      .click()
  }

  /** 7. On the repository details page, click Edit in the Details section. */
  async edit(): Promise<void> {
    await this.details().getByRole('button', { name: this.#words.edit, exact: true }).click()
  }

  /** 8. In the Modify Settings dialog box, select (or clear) Immutable and click Confirm. */
  async setImmutable(immutable: boolean): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: this.#words.modifySettings })
    await dialog.getByRole('checkbox', { name: this.#words.immutable }).setChecked(immutable)
    await dialog.getByRole('button', { name: this.#words.confirm, exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
  }

  /** The Details section. */
  details(): Locator {
    return this.page.getByRole('region', { name: this.#words.details })
  }

  /** Copies the repository's address at the VPC endpoint, which verifies it, and resolves with it. */
  async copyVpcEndpoint(): Promise<string> {
    await this.details().getByText(this.#words.more).click()
    await this.details().getByRole('button', { name: this.#words.copyVpcEndpoint }).click()
    return this.page.evaluate(() => navigator.clipboard.readText())
  }

  /** On a narrow screen the navigation pane is behind a button. */
  async #openPane(): Promise<void> {
    if (await this.#isNarrow()) await this.page.getByRole('button', { name: this.#words.openNavigation }).click()
  }

  /** Whether the screen is so narrow that the navigation pane is not beside the page. */
  async #isNarrow(): Promise<boolean> {
    return (await this.page.evaluate(() => window.innerWidth)) < 768
  }
}
