import { verifyAudit } from '@/lib/registry/audit/verify-audit'
import type { Command } from './command'
import { CommandError } from './command-error'

/** `audit verify`: checks whether the audit trail was changed after it was written. */
export const auditVerify: Command = {
  words: 'audit verify',
  names: [],
  options: {
    expect: {
      value: '<id>:<hash>',
      help: 'An earlier head of the trail, from this command or from the log: it must still be in the trail.',
    },
  },
  help: 'Check the hash chain of the audit trail. If it is broken, print the first bad entry and exit with code 1.',
  async run(ctx, { options }) {
    const { goodEvents, head, problem } = await verifyAudit(ctx, ctx.principal, parseAnchor(options['expect']))
    const count = `${goodEvents} ${goodEvents === 1 ? 'entry' : 'entries'}`
    if (problem !== null) {
      return {
        lines: [`The audit trail is broken: ${problem.message}.`, `Good entries before that: ${goodEvents}.`],
        isGood: false,
      }
    }
    if (head === null) return { lines: ['The audit trail is empty.'], isGood: true }
    return {
      lines: [`The audit trail is intact: ${count}.`, `Head: ${head.eventId}:${head.hash}`],
      isGood: true,
    }
  },
}

function parseAnchor(text: string | boolean | undefined) {
  if (text === undefined) return null
  const match = /^([1-9]\d{0,8}):([a-f0-9]{64})$/.exec(String(text))
  if (match === null) throw new CommandError('--expect must be <id>:<hash>, as this command prints the head')
  return { eventId: Number(match[1]), hash: match[2] ?? '' }
}
