import type { Page } from '@playwright/test'

/**
 * Counts how often the pointer is pressed on a page from now on, so that a task says what it costs a person. Call it
 * before the page is opened. What is typed and pressed on the keyboard costs nothing.
 */
export async function countClicks(page: Page): Promise<() => number> {
  let clicks = 0
  await page.exposeFunction('countClick', () => {
    clicks += 1
  })
  await page.addInitScript(() => {
    const count = Reflect.get(window, 'countClick') as () => void
    window.addEventListener('pointerdown', () => count(), { capture: true })
  })
  return () => clicks
}
