import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Icon } from './icon'
import type { IconName } from './icon'

/** What each icon says, wherever it stands. A new meaning needs a new glyph. */
const meanings: Record<IconName, string> = {
  access: 'the page Access Control',
  activity: 'the page Activity',
  administrator: 'an administrator',
  api: 'the reference of the REST API',
  arrow: 'from one to the other',
  ascending: 'sorted, smallest first',
  attachment: 'an attachment of another kind',
  attestation: 'an attestation',
  audit: 'the page Audit',
  branch: 'provenance: what it was built from',
  calendar: 'a day is chosen',
  cards: 'shown as cards',
  change: 'it differs',
  check: 'this one is chosen',
  clock: 'it waits for somebody or something',
  close: 'puts away what it stands on',
  columns: 'which columns are shown',
  compare: 'two are compared',
  copied: 'it was copied',
  copy: 'copies',
  descending: 'sorted, largest first',
  details: 'the page Details',
  dots: 'more commands',
  down: 'opens a list',
  download: 'a file is saved',
  dryrun: 'runs and changes nothing',
  edit: 'changes settings',
  equal: 'it is the same',
  failed: 'it ran and failed',
  file: 'a file',
  flag: 'audit mode: let through, and noted',
  free: 'not protected',
  help: 'help',
  hide: 'hides what was typed',
  image: 'an image',
  info: 'worth knowing',
  instances: 'instances',
  key: 'a credential',
  language: 'the language of the console',
  left: 'back, or the page before',
  link: 'a link to send',
  list: 'an SBOM',
  lock: 'protected',
  logoff: 'logs off',
  logon: 'logs on',
  manage: 'may manage',
  manual: 'the manual',
  menu: 'opens the navigation',
  minus: 'it was removed',
  moon: 'dark',
  namespaces: 'namespaces',
  off: 'it is off, left out or disabled',
  ok: 'it is on, works or is done',
  overview: 'the page Overview',
  password: 'a password is set',
  pin: 'a region',
  play: 'starts a run',
  plus: 'adds, or was added',
  private: 'private',
  public: 'public',
  pull: 'may pull',
  push: 'may push, or pushes',
  recycle: 'garbage collection',
  refresh: 'reads or counts again',
  refused: 'refused',
  repositories: 'repositories',
  reserved: 'a name that is reserved',
  restore: 'was restored',
  right: 'the page after',
  robot: 'a robot',
  rows: 'shown as a table',
  scan: 'a scan of vulnerabilities',
  scrub: 'stored content is verified',
  seal: 'a signature',
  search: 'searches',
  security: 'the security of an account',
  show: 'shows what was typed',
  starting: 'it is running',
  sun: 'light',
  swap: 'changes places',
  tag: 'a tag',
  theme: 'the theme of the console',
  trash: 'deletes or revokes',
  turnon: 'turns on again',
  unlock: 'open: can be overwritten for a time',
  user: 'a user',
  users: 'the page Users',
  verified: 'checked by somebody else',
  view: 'opens it to be read',
  warn: 'needs attention',
}

const names = Object.keys(meanings) as IconName[]

test('no two icons have the same glyph, and no two the same meaning', () => {
  const glyphs = names.map((name) => renderToStaticMarkup(<Icon name={name} />))
  expect(new Set(glyphs).size).toBe(names.length)
  expect(new Set(Object.values(meanings)).size).toBe(names.length)
})

test('every icon is used', () => {
  const folder = join(import.meta.dirname, '..')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\bicon(?:\.test)?\.tsx$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  expect(names.filter((name) => !new RegExp(`['"]${name}['"]`).test(sources))).toEqual([])
})
