import { openSealedKeys } from '@/lib/auth/keys'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import type { SqlTransaction } from '@/lib/metadata/engine/database'
import type { Command } from './command'

/** `keys reseal`: seals the keys in the database with a new STELE_SECRET_KEY. */
export const keysReseal: Command = {
  words: 'keys reseal',
  names: [],
  options: {},
  help: 'Seal the keys in the database with STELE_SECRET_KEY instead of STELE_SECRET_KEY_PREVIOUS (docs/scale.md).',
  async run({ db, config, principal }) {
    const count = await openSealedKeys(config, db).reseal((tx) =>
      insertAuditEvent(tx as SqlTransaction, principal, {
        action: 'UPDATE',
        target: { type: 'SIGNING_KEY', id: '', name: '' },
        before: null,
        after: { sealedWith: 'a new STELE_SECRET_KEY' },
      }),
    )
    return {
      lines:
        count === 0
          ? ['All keys are sealed with STELE_SECRET_KEY already: nothing was changed.']
          : [`The keys are sealed with STELE_SECRET_KEY: ${count}. STELE_SECRET_KEY_PREVIOUS is not needed any more.`],
      isGood: true,
    }
  },
}
