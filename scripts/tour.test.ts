import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { legs } from '@/e2e/console/tour/stops/all'

/* Nothing of the console is left out where it is looked at: axe in both themes and languages, zoom of 200 %. */

const root = join(import.meta.dirname, '..')

/** Pages that only lead to others. */
const redirects = ['app/page.tsx', 'app/(console)/account/page.tsx', 'app/(console)/maintenance/page.tsx']

/** What the others are made of: each of them is seen where these are used. */
const parts = ['components/ui/loading-dialog.tsx', 'components/ui/opened-dialog.tsx', 'components/ui/toast.tsx']

const floating =
  /<(?:Dialog|EditDialog|ConfirmDialog|NoticeDialog|ContentDialog|SecretDialog|ConnectDialog|Menu|dialog)\b|\bpopover=/

const sources = [
  ...filesOf('app').filter((file) => file.endsWith('/page.tsx')),
  ...filesOf('components').filter(
    (file) => /(?<!\.test)\.tsx$/.test(file) && floating.test(readFileSync(join(root, file), 'utf8')),
  ),
]

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`)
}

test('every page, dialog, menu and list of the console is a stop of the tour, which axe and the zoom test take', () => {
  const shown = new Set(legs.flatMap(({ stops }) => stops.flatMap(({ shows }) => shows)))
  const wanted = sources.filter((file) => !redirects.includes(file) && !parts.includes(file))
  expect(wanted.length).toBeGreaterThan(80)
  expect(wanted.filter((file) => !shown.has(file))).toEqual([])
  // What is gone is no stop.
  expect([...shown].filter((file) => !sources.includes(file))).toEqual([])
})
