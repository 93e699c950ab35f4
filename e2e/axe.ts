import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Fails with what axe finds against WCAG 2.2 AA on the page as it is: rule, and where. */
export async function audit(page: Page, where: string): Promise<void> {
  await test.step(`axe: ${where}`, async () => {
    // Legacy: without a second page for frames, of which there are none.
    const { violations } = await new AxeBuilder({ page }).withTags(rules).setLegacyMode().analyze()
    const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html.slice(0, 200)) }))
    expect(found, where).toEqual([])
  })
}
