import { assertKeysThere, openKeys } from '@/lib/auth/keys'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { rotateSigningKeys } from '@/lib/secrets/signing-keys'
import type { Command } from './command'

/** `keys rotate`: creates a new signing key for registry tokens. */
export const keysRotate: Command = {
  words: 'keys rotate',
  names: [],
  options: {
    revoke: { help: 'The old key has leaked: refuse the tokens that were signed with it. Clients get new ones.' },
  },
  help: 'Sign registry tokens with a new key. Tokens signed with the old key stay valid until they expire.',
  async run({ db, config, principal }, { options }) {
    await assertKeysThere(config, db)
    const revokeFormer = options['revoke'] === true
    const id = await rotateSigningKeys(openKeys(config, db), {
      revokeFormer,
      async record(made, within) {
        const target = { type: 'SIGNING_KEY', id: made, name: '' } as const
        const after = { signs: 'registry tokens', ...(revokeFormer && { revokesFormer: true }) }
        const write = (tx: SqlTransaction) =>
          insertAuditEvent(tx, principal, { action: 'CREATE', target, before: null, after })
        await (within === undefined ? db.sqlTransaction(write) : write(within as SqlTransaction))
      },
    })
    return {
      lines: [
        `Registry tokens are signed with the new key ${id}. Running servers notice within a second.`,
        ...(revokeFormer ? ['Tokens that were signed with another key are refused.'] : []),
      ],
      isGood: true,
    }
  },
}
