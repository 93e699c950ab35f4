import { createTranslator } from 'next-intl'
import { describe, expect, test } from 'vitest'
import { auditActions, auditedTypes } from '@/lib/domain/audit'
import en from '@/lib/i18n/messages/en.json'
import zhCN from '@/lib/i18n/messages/zh-CN.json'
import { auditFields } from './fields'
import { howOf, partsOfGrant, sentenceOf } from './sentence'

const kinds = auditActions.flatMap((action) => auditedTypes[action].map((targetType) => ({ action, targetType })))

const nothing = { targetId: 'id', targetName: 'acme/web', actor: 'admin', instanceId: null, before: null, after: null }

const languages = { en, 'zh-CN': zhCN } as const

/** The sentence of an event, in a language, with its names between brackets. */
function tell(locale: keyof typeof languages, event: Parameters<typeof howOf>[0]): string {
  const fail = (error: Error) => {
    throw error
  }
  const t = createTranslator({ locale, messages: languages[locale], onError: fail })
  const key = sentenceOf(event)
  if (key === null) return ''
  return t.markup(`audit.sentences.${key}`, {
    ...{ actor: event.actor, name: event.targetName, how: howOf(event), ...partsOfGrant(event.targetName) },
    ...{ permission: 'Push', from: 'old', count: 2, b: (text) => `[${text}]` },
  })
}

describe.each(['en', 'zh-CN'] as const)('%s', (locale) => {
  test.each(kinds)('$action of $targetType is a sentence', ({ action, targetType }) => {
    const sentence = tell(locale, { ...nothing, action, targetType, targetName: 'bob on acme/web' })
    expect(sentence).toMatch(/admin|bob on acme\/web/)
    expect(sentence).not.toMatch(/[{}<>]/)
  })

  test('each field has a word', () => {
    const { fields } = languages[locale].audit
    expect(Object.keys(fields).sort()).toEqual([...auditFields].sort())
  })
})

test.each([
  ['UPDATE', 'REPOSITORY', { immutabilityMode: 'enforce', summary: '' }, 'admin made repository [acme/web] immutable'],
  ['UPDATE', 'REPOSITORY', { immutabilityMode: 'off' }, 'admin made repository [acme/web] mutable'],
  ['UPDATE', 'REPOSITORY', { type: 'PUBLIC' }, 'admin made repository [acme/web] public'],
  ['UPDATE', 'REPOSITORY', { type: 'PUBLIC', summary: '' }, 'admin changed the settings of repository [acme/web]'],
  ['UPDATE', 'INSTANCE', { name: 'acme/web' }, 'admin renamed instance old to [acme/web]'],
  [
    'UPDATE',
    'INSTANCE',
    { allowAnonymousPull: false },
    'admin stopped anonymous users from pulling from instance [acme/web]',
  ],
  ['UPDATE', 'USER', { isDisabled: true }, 'admin disabled user [acme/web]'],
  [
    'UPDATE',
    'USER',
    { isPasswordNew: true, registryPasswordsRemoved: 1 },
    'admin set a new password for user [acme/web]',
  ],
  ['UPDATE', 'USER', { secondFactor: false }, 'admin reset the two-step verification of user [acme/web]'],
  ['UPDATE', 'ROBOT', { secretChanged: true }, 'admin rotated the secret of robot [acme/web]'],
  ['UPDATE', 'ACCESS_KEY', { isDisabled: true }, 'admin disabled an access key of [acme/web]'],
  ['LOG_ON_FAILED', 'USER', { leftOut: 2 }, '2 more log-ons failed within a minute'],
  [
    'START',
    'IMMUTABILITY_CHANGE',
    { immutability: { mode: 'enforce' }, total: 2 },
    'admin made 2 repositories immutable',
  ],
] as const)('%s of %s, %j', (action, targetType, after, sentence) => {
  expect(tell('en', { ...nothing, action, targetType, after })).toBe(sentence)
})

test('who set a password of their own did it for nobody else', () => {
  const event = { ...nothing, action: 'UPDATE', targetType: 'USER', targetName: 'admin' }
  expect(tell('en', { ...event, after: { password: 'changed' } })).toBe('admin set a new password')
})

test('a failed log-on of nobody, and one at a registry', () => {
  const event = { ...nothing, action: 'LOG_ON_FAILED', targetType: 'USER' }
  expect(tell('en', { ...event, targetId: '' })).toBe('A log-on with an unknown user name failed')
  expect(tell('en', { ...event, instanceId: 'cri-1' })).toBe('A log-in to a registry as [acme/web] failed')
})

test('a grant names whom and on what', () => {
  const event = { ...nothing, action: 'CREATE', targetType: 'GRANT', targetName: 'bob on acme/web' }
  expect(tell('en', event)).toBe('admin granted Push on [acme/web] to [bob]')
})

test.each([
  ['CREATE', 'SCRUB'],
  ['EXPLODE', 'USER'],
  ['toString', 'USER'],
])('a forged event, %s of %s, has no sentence', (action, targetType) => {
  expect(sentenceOf({ action, targetType })).toBeNull()
})
