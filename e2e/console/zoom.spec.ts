import type { Page } from '@playwright/test'
import { findViolations } from '../axe'
import { expect, test } from '../fixtures'
import { findLost } from './tour/geometry'
import { makePlace } from './tour/place'
import { legs } from './tour/stops/all'
import { take, tourOf } from './tour/tour'

/*
 * What the console is to people who need things larger: WCAG 2.2, 1.4.4 (text of 200 %), 1.4.10 (nothing scrolls in two
 * directions), 2.4.11 (what has the focus is not covered). In English, whose words are longer, with long names.
 */

const zoom = 2

/** A window of 1280 × 800, zoomed: half as many pixels of CSS. */
const zoomed = { width: 1280 / zoom, height: 800 / zoom }

/** The same window where only the text is larger. */
const whole = { width: 1280, height: 800 }

test.use({ viewport: zoomed, deviceScaleFactor: zoom })

for (const { name, stops, isAnonymous } of legs) {
  test(`at 200 % nothing of ${name} is cut, covered or out of reach`, async ({ api, page, server, signIn }) => {
    test.setTimeout(240_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const place = await makePlace(api, server, { isLong: true })
    if (!isAnonymous) await signIn()
    const found: string[] = []
    await take(tourOf(page, 'en', place), stops, async (stop) => {
      const note = (how: string, problems: string[]) =>
        found.push(...problems.map((one) => `${stop.name}, ${how}: ${one}`))
      note('zoomed', await page.evaluate(findLost))
      note('zoomed', await findViolations(page, stop.name))
      await page.setViewportSize(whole)
      await setTextSize(page, '200%')
      note('larger text', await page.evaluate(findLost))
      await page.emulateMedia({ colorScheme: 'dark' })
      note('larger text, dark', await findViolations(page, stop.name))
      await page.emulateMedia({ colorScheme: 'light' })
      // The text last: it waits for frames, in which what is open follows the window, too. The next stop may press it.
      await page.setViewportSize(zoomed)
      await setTextSize(page, '')
    })
    expect(found).toEqual([])
  })
}

/**
 * The size of text that is usual on the page, as one sets it in the browser; empty: the browser's own. What hangs from a button
 * has followed it then, which it does with the frame after.
 */
async function setTextSize(page: Page, size: string): Promise<void> {
  await page.evaluate(async (value) => {
    document.documentElement.style.fontSize = value
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  }, size)
}
