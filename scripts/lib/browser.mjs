// The browser for the end-to-end tests.
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

/** Where distributions put Chromium. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of Playwright's own browser, else of the system's browser, else null. */
export function findBrowser() {
  return [chromium.executablePath(), ...systemBrowsers].find((path) => existsSync(path)) ?? null
}
