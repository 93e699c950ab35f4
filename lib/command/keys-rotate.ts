import { rotateSigningKeys } from '@/lib/secrets/signing-keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { Command } from './command'

/** `keys rotate`: creates a new signing key for registry tokens. */
export const keysRotate: Command = {
  words: 'keys rotate',
  names: [],
  options: {},
  help: 'Sign registry tokens with a new key. Tokens signed with the old key stay valid until they expire.',
  async run({ db, config, principal }) {
    const id = await rotateSigningKeys(config.dataDir, async (made) => {
      const target = { type: 'SIGNING_KEY', id: made, name: '' } as const
      const event = { action: 'CREATE', target, before: null, after: { signs: 'registry tokens' } } as const
      await db.transaction((tx) => insertAuditEvent(tx, principal, event))
    })
    return {
      lines: [`Registry tokens are signed with the new key ${id}. Running servers notice within a second.`],
      isGood: true,
    }
  },
}
