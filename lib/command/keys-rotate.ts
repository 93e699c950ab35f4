import { rotateSigningKeys } from '@/lib/auth/signing-keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { transaction } from '@/lib/metadata/database'
import type { Command } from './command'

/** `keys rotate`: another key for the registry's tokens. */
export const keysRotate: Command = {
  words: 'keys rotate',
  names: [],
  options: {},
  help: 'Sign registry tokens with a new key; tokens that the old one signed stay good until they expire.',
  async run({ db, config, principal }) {
    const id = await transaction(db, async (tx) => {
      const made = await rotateSigningKeys(config.dataDir)
      const target = { type: 'SIGNING_KEY', id: made, name: '' } as const
      await insertAuditEvent(tx, principal, {
        action: 'CREATE',
        target,
        before: null,
        after: { signs: 'registry tokens' },
      })
      return made
    })
    return {
      lines: [`Registry tokens are signed with the new key ${id}. Running servers notice within a second.`],
      isGood: true,
    }
  },
}
