import { expect, test, type Page } from '@playwright/test'
import axe from 'axe-core'
import { sweep } from '@/scripts/lib/sweep.mjs'

/**
 * The themes and languages that pages are audited in: each once, because what one shows does not depend on the other;
 * every pair with SWEEP=full.
 */
export const looks = sweep(
  [
    ['light', 'en'],
    ['dark', 'zh-CN'],
  ] as const,
  [
    ['light', 'en'],
    ['light', 'zh-CN'],
    ['dark', 'en'],
    ['dark', 'zh-CN'],
  ] as const,
)

/** The screens that pages are looked at on. */
export const screens = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } }

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Fails with what axe finds against WCAG 2.2 AA on the page as it is: rule, and where. */
export async function audit(page: Page, where: string): Promise<void> {
  expect(await findViolations(page, where), where).toEqual([])
}

/** What axe finds against WCAG 2.2 AA on the page as it is. */
export function findViolations(page: Page, where: string): Promise<string[]> {
  return test.step(`axe: ${where}`, async () => {
    // Once a document, not once an audit: the page takes as long to read half a megabyte of script as axe takes to run.
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
    return page.evaluate(async (values) => {
      const { axe: inPage } = window as unknown as { axe: typeof axe }
      const { violations, passes } = await inPage.run({
        runOnly: { type: 'tag', values },
        resultTypes: ['violations'],
      })
      if (passes.length === 0) throw new Error('axe looked at nothing')
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
    }, rules)
  })
}

/**
 * The same on a wide screen and on a narrow one; in the dark theme on the wide one alone. What is where depends on the
 * width and what colour it has on the theme, and nothing on both at once.
 */
export async function auditInBothWidths(page: Page, where: string): Promise<void> {
  await audit(page, where)
  if ((await page.locator('html').getAttribute('data-theme')) === 'dark') return
  await page.setViewportSize(screens.narrow)
  await audit(page, `${where}, narrow`)
  await page.setViewportSize(screens.wide)
}
