import { assertKeysThere, openKeys } from '@/lib/auth/keys'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { rotateLogKeys } from '@/lib/secrets/log-keys'
import { rotateSigningKeys } from '@/lib/secrets/signing-keys'
import type { Command } from './command'

/** `keys rotate`: creates a new signing key, for registry tokens or for transparency logs. */
export const keysRotate: Command = {
  words: 'keys rotate',
  names: [],
  options: {
    revoke: { help: 'The old key has leaked: refuse what was signed with it. Clients get new tokens.' },
    log: { help: 'Instead: the key that signs the checkpoints of transparency logs (docs/security.md).' },
  },
  help: 'Sign registry tokens with a new key. Tokens signed with the old key stay valid until they expire.',
  async run({ db, config, principal }, { options }) {
    await assertKeysThere(config, db)
    const revokeFormer = options['revoke'] === true
    const isOfLog = options['log'] === true
    const signs = isOfLog ? 'transparency logs' : 'registry tokens'
    const rotation = {
      revokeFormer,
      async record(made: string, within?: object) {
        const target = { type: 'SIGNING_KEY', id: made, name: '' } as const
        const after = { signs, ...(revokeFormer && { revokesFormer: true }) }
        const write = (tx: SqlTransaction) =>
          insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after })
        await (within === undefined ? db.sqlTransaction(write) : write(within as SqlTransaction))
      },
    }
    if (isOfLog) {
      await rotateLogKeys(openKeys(config, db), rotation)
      return {
        lines: [
          'The checkpoints of transparency logs are signed with a new key. Running servers notice within a second.',
          revokeFormer
            ? 'The former key does not sign any more: give the new one to everybody who verifies the logs.'
            : 'The former key signs too, until the next `keys rotate --log`: give the new one to everybody who verifies the logs.',
        ],
        isGood: true,
      }
    }
    const id = await rotateSigningKeys(openKeys(config, db), rotation)
    return {
      lines: [
        `Registry tokens are signed with the new key ${id}. Running servers notice within a second.`,
        ...(revokeFormer ? ['Tokens that were signed with another key are refused.'] : []),
      ],
      isGood: true,
    }
  },
}
