import type { Page } from '@playwright/test'
import type { Problem } from '@/lib/api/schemas/common'

/** Answers the next request of one method to REST API paths that match as a server in trouble would. */
export async function failOnce(page: Page, method: string, path: RegExp, status: 500 | 503): Promise<void> {
  const body: Problem = {
    type: 'about:blank',
    title: 'Failed',
    status,
    detail: 'Failed on purpose.',
    code: status === 503 ? 'UNAVAILABLE' : 'INTERNAL',
    requestId: 'fault',
  }
  let failed = false
  await page.route(path, async (route) => {
    if (failed || route.request().method() !== method) return route.fallback()
    failed = true
    await route.fulfill({ status, contentType: 'application/problem+json', json: body })
  })
}

/** Requests that wait until the test lets them on. */
export interface Held {
  /** How many have come so far. */
  count(): number
  /** Sends those that wait, and all that come later, to the server. */
  release(): void
}

/** Holds the requests of one method to REST API paths that match. */
export async function hold(page: Page, method: string, path: RegExp): Promise<Held> {
  let count = 0
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(path, async (route) => {
    if (route.request().method() !== method) return route.fallback()
    count += 1
    await released
    await route.continue()
  })
  return { count: () => count, release }
}
