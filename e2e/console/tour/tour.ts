import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import type { Place } from './place'

/** The languages of the console. */
type Locale = 'en' | 'zh-CN'

/** What the stops of a tour have to find their way with. */
export interface Tour {
  page: Page
  /** The page without its frame. */
  main: Locator
  /** The dialog or popover that is open. */
  dialog: Locator
  /** A text of the console in the language of the tour; throws for one that does not exist. */
  words: (key: string, values?: Readonly<Record<string, string | number>>) => string
  place: Place
}

/** A page of the console, or something that opens on it, and how one gets there from the stop before. */
export interface Stop {
  /** What it is, in the message of a failure. */
  name: string
  /**
   * The sources of what is there to be seen: the page in `app`, and the dialogs, menus and lists in `components`. Each of them
   * is shown at some stop, or scripts/tour.test.ts fails.
   */
  shows: readonly string[]
  go: (tour: Tour) => Promise<unknown>
}

/** A tour of this page, in the language that its cookie says. */
export function tourOf(page: Page, locale: Locale, place: Place): Tour {
  return { page, main: page.getByRole('main'), dialog: page.getByRole('dialog'), words: wordsOf(locale), place }
}

function wordsOf(locale: Locale): Tour['words'] {
  const file = new URL(`../../../lib/i18n/messages/${locale}.json`, import.meta.url)
  const messages: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return (key, values = {}) => {
    const text = key
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], messages)
    if (typeof text !== 'string') throw new Error(`There is no text ${key}`)
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
  }
}

/** For how long one step of a way is waited for, in milliseconds: less than a test takes. */
const stepMs = 20_000

/** Goes to each stop and looks at it, once what is there has loaded. Throws an error that names the stop that is not reached. */
export async function take(tour: Tour, stops: readonly Stop[], look: (stop: Stop) => Promise<void>): Promise<void> {
  tour.page.setDefaultTimeout(stepMs)
  for (const stop of stops) {
    try {
      await stop.go(tour)
      await settled(tour.page)
    } catch (error) {
      throw new Error(`The tour does not reach ${stop.name}`, { cause: error })
    }
    await look(stop)
  }
}

/** Goes to an address and waits until `shown` is there. */
export async function visit({ page }: Tour, address: string, shown: Locator): Promise<void> {
  await page.goto(address)
  await shown.first().waitFor()
}

/** The beginning of a name, which no other has: as much as a search takes. */
export function start(name: string): string {
  return name.slice(0, 30)
}

/** Presses a button that opens a dialog, after what was open has been closed. */
export async function open(tour: Tour, ...buttons: Locator[]): Promise<void> {
  await close(tour)
  for (const button of buttons) await button.click()
  await tour.page.locator('dialog[open], [popover]:popover-open').first().waitFor()
}

/** The same where the button is shown: in a wide window, or in a narrow one, there is another way. */
export async function openWhereShown(tour: Tour, button: Locator): Promise<void> {
  await close(tour)
  if (await button.isVisible()) await open(tour, button)
}

/** Closes every dialog and popover, whatever was typed. */
export async function close({ page, words }: Tour): Promise<void> {
  const popover = page.locator('[popover]:popover-open:not(.toasts)')
  if ((await popover.count()) > 0) await page.keyboard.press('Escape')
  const dialogs = page.locator('dialog[open]')
  for (let count = await dialogs.count(); count > 0; count -= 1) {
    const dialog = dialogs.last()
    const cross = dialog.locator('.dialog-head').getByRole('button', { name: words('common.close') })
    if ((await cross.count()) > 0) await cross.click()
    else if ((await dialog.locator('.dialog-foot').count()) > 0)
      await dialog.locator('.dialog-foot button').last().click()
    else await page.keyboard.press('Escape')
    await dialogs.nth(count - 1).waitFor({ state: 'detached' })
  }
}

/** Waits until nothing on the page is loading, and dismisses toasts: they go by themselves, and lie over anything until then. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const loading = [...document.querySelectorAll('[aria-busy=true], .skeleton')]
    return loading.every((element) => element.getClientRects().length === 0)
  })
  const dismiss = page.locator('.toast').getByRole('button')
  while ((await dismiss.count()) > 0) await dismiss.first().click()
}
