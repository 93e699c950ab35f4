// The browser for the end-to-end tests.
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

/**
 * Where distributions put Chromium. The headless shell first: the same engine without a window's own interface, whose
 * pages take as long to start as the console's, in each new window.
 */
const systemBrowsers = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Path of Playwright's own browser, else of the system's browser, else null. */
export function findBrowser() {
  return [chromium.executablePath(), ...systemBrowsers].find((path) => existsSync(path)) ?? null
}
