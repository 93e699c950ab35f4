import { verifyAudit } from '@/lib/registry/audit/verify-audit'
import type { Command } from './command'
import { CommandError } from './command-error'

/** `audit verify`: whether the audit trail is what Stele wrote. */
export const auditVerify: Command = {
  words: 'audit verify',
  names: [],
  options: {
    expect: {
      value: '<id>:<hash>',
      help: 'A head of the trail noted earlier, from this command or from the log: it must still be there.',
    },
  },
  help: 'Follow the chain of the audit trail; exit code 1 when it is broken, with the first bad entry.',
  async run({ db }, { options }) {
    const { goodEvents, head, problem } = await verifyAudit(db, parseAnchor(options['expect']))
    const count = `${goodEvents} ${goodEvents === 1 ? 'entry' : 'entries'}`
    if (problem !== null) {
      return { lines: [`The audit trail is broken: ${problem.message}.`, `Good before that: ${count}.`], isGood: false }
    }
    if (head === null) return { lines: ['The audit trail is empty.'], isGood: true }
    return {
      lines: [`The audit trail is whole: ${count}.`, `Head: ${head.eventId}:${head.hash}`],
      isGood: true,
    }
  },
}

function parseAnchor(text: string | boolean | undefined) {
  if (text === undefined) return null
  const match = /^([1-9]\d{0,8}):([a-f0-9]{64})$/.exec(String(text))
  if (match === null) throw new CommandError('--expect takes <id>:<hash>, as this command prints the head')
  return { eventId: Number(match[1]), hash: match[2] ?? '' }
}
