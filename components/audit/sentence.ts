import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { auditedTypes } from '@/lib/domain/audit'
import type { AuditAction, AuditedType } from '@/lib/domain/audit'

/** What a sentence is needed of. */
type Told = Pick<AuditEventView, 'action' | 'targetType' | 'targetId' | 'targetName' | 'actor' | 'instanceId'> &
  Pick<AuditEventView, 'before' | 'after'>

/** The name of a sentence among the messages: the types of TypeScript know that each has one. */
export type SentenceKey = { [Action in AuditAction]: `${Action}.${AuditedType<Action>}` }[AuditAction]

/** The sentence that tells what an event did; null for a forged event, of a kind that Stele never records. */
export function sentenceOf({ action, targetType }: Pick<Told, 'action' | 'targetType'>): SentenceKey | null {
  const types: readonly string[] = Object.hasOwn(auditedTypes, action) ? auditedTypes[action as AuditAction] : []
  return types.includes(targetType) ? (`${action}.${targetType}` as SentenceKey) : null
}

/**
 * Which of the ways an action can go an event is: a repository that was made immutable, not merely changed. `other`
 * where it is none of them, or several.
 */
export function howOf(event: Told): string {
  const before = event.before ?? {}
  const after = event.after ?? {}
  switch (`${event.action}.${event.targetType}`) {
    case 'UPDATE.INSTANCE':
      return ofOneChange(after, {
        name: 'renamed',
        allowAnonymousPull: after['allowAnonymousPull'] === true ? 'anonymousOn' : 'anonymousOff',
        isLogPublic: after['isLogPublic'] === true ? 'logOn' : 'logOff',
      })
    case 'UPDATE.REPOSITORY':
      // What people look for, whatever else was changed with it.
      if (typeof after['immutabilityMode'] === 'string') return after['immutabilityMode']
      return ofOneChange(after, { type: after['type'] === 'PUBLIC' ? 'public' : 'private', exemptTags: 'exempt' })
    case 'UPDATE.USER':
      return howUserChanged(event)
    case 'UPDATE.ROBOT':
      return ofOneChange(after, { secretChanged: 'secret', isDisabled: disabledOr(after) })
    case 'UPDATE.ACCESS_KEY':
      return disabledOr(after)
    case 'CREATE.SIGNING_KEY':
      return after['signs'] === 'transparency logs' ? 'logs' : 'other'
    case 'LOG_ON.USER':
      return event.instanceId === null ? 'other' : 'registry'
    case 'LOG_ON_FAILED.USER':
    case 'LOG_ON_FAILED.ROBOT':
      if ('leftOut' in after) return 'more'
      if (event.targetId === '') return 'unknown'
      return event.instanceId === null ? 'other' : 'registry'
    case 'LOG_OFF.USER':
      return 'session' in before ? 'session' : 'sessions' in before ? 'sessions' : 'other'
    case 'START.GARBAGE_COLLECTION':
      return after['isDryRun'] === true ? 'dryRun' : 'other'
    case 'START.IMMUTABILITY_CHANGE':
      return modeOf(after['immutability'])
    default:
      return 'other'
  }
}

function howUserChanged({ actor, targetName, after, before }: Told): string {
  const now = after ?? {}
  const isOwn = actor === targetName
  // Besides what a person asked for, what followed from it.
  const { registryPasswordsRemoved: _, endedSessions: __, ended: ___, invitation: ____, ...asked } = now
  return ofOneChange(asked, {
    isDisabled: disabledOr(now),
    role: now['role'] === 'ADMINISTRATOR' ? 'administrator' : 'member',
    isPasswordNew: 'password',
    password: now['password'] === 'removed' ? 'passwordRemoved' : isOwn || before === null ? 'ownPassword' : 'password',
    secondFactor: now['secondFactor'] === true ? 'factorOn' : isOwn ? 'factorOff' : 'factorReset',
    recoveryCodes: 'codes',
  })
}

/** The way of the only field that was changed; `other` where there are several, or it has none. */
function ofOneChange(after: Readonly<Record<string, unknown>>, ways: Readonly<Record<string, string>>): string {
  const [field, ...others] = Object.keys(after)
  return field === undefined || others.length > 0 ? 'other' : (ways[field] ?? 'other')
}

function disabledOr(after: Readonly<Record<string, unknown>>): string {
  return after['isDisabled'] === true ? 'disabled' : 'enabled'
}

function modeOf(immutability: unknown): string {
  return typeof immutability === 'object' && immutability !== null && 'mode' in immutability
    ? String(immutability.mode)
    : 'other'
}

/** The subject and the scope in the name of a grant, `<subject> on <scope>`. */
export function partsOfGrant(name: string): { subject: string; scope: string } {
  const [subject = '', ...scope] = name.split(' on ')
  return { subject, scope: scope.join(' on ') }
}
