import type { Config } from '@/lib/config'
import type { Database, SqlSource } from '@/lib/metadata/engine/database'
import {
  type SealedKeyRow,
  findSealedKey,
  findSealedSamples,
  listSealedKeys,
  lockSealedKeys,
  putSealedKey,
} from '@/lib/metadata/sealed-keys'
import { hasSignedLog } from '@/lib/metadata/transparency-logs'
import { FolderKeys } from '@/lib/secrets/folder-keys'
import { type KeyStore, KeysError } from '@/lib/secrets/key-store'
import { KeySealer, type KeyTable, SealedKeys } from '@/lib/secrets/sealed-keys'
import { createLogKeys } from '@/lib/secrets/log-keys'
import { SecretBox, createSealingKey } from '@/lib/secrets/secret-box'
import { createSigningKeys } from '@/lib/secrets/signing-keys'
import { secondFactorOwner } from './second-factor-owner'

/** What says where the keys are. */
type KeysSetting = Pick<Config, 'dataDir' | 'secretKeys'>

/** How the keys were found. */
export type KeysState = 'in folder' | 'in database' | 'created in database' | 'moved to database'

/** The keys of a server: in the database, sealed with STELE_SECRET_KEY, or without that in the data folder. */
export function openKeys({ dataDir, secretKeys }: KeysSetting, db: Database): KeyStore {
  return secretKeys === null ? new FolderKeys(dataDir) : new SealedKeys(tableIn(db), secretKeys)
}

/** The keys in the database, sealed with STELE_SECRET_KEY. Throws a KeysError without that. */
export function openSealedKeys({ secretKeys }: KeysSetting, db: Database): SealedKeys {
  if (secretKeys !== null) return new SealedKeys(tableIn(db), secretKeys)
  throw new KeysError('STELE_SECRET_KEY: is not set; without it, the keys are in the data folder, not in the database')
}

/**
 * Throws a KeysError unless the settings lead to the keys in the database, if it has some. A database that is not
 * migrated yet may be asked, with no keys.
 */
export function assertKeysOpen({ secretKeys }: KeysSetting, keys: readonly SealedKeyRow[]): void {
  if (keys.length === 0) return
  if (secretKeys === null) {
    throw new KeysError(
      'STELE_SECRET_KEY: is required, because the keys of this database are in it, sealed: set what its other servers have',
    )
  }
  new KeySealer(secretKeys).check(keys)
}

/** Throws a KeysError unless the settings lead to the keys of this database. */
export async function assertKeysThere(setting: KeysSetting, db: Database): Promise<void> {
  const keys = await listSealedKeys(db)
  assertKeysOpen(setting, keys)
  if (setting.secretKeys !== null && keys.length === 0) {
    throw new KeysError('The database has no keys yet: start the server once')
  }
}

/**
 * With STELE_SECRET_KEY: moves the keys of the data folder to the database, or creates some there, unless it has them
 * already. Servers that start at once agree. Throws a KeysError when what the database has sealed would not open.
 */
export async function prepareKeys(setting: KeysSetting, db: Database): Promise<KeysState> {
  if (setting.secretKeys === null) return 'in folder'
  const folder = new FolderKeys(setting.dataDir)
  const [secrets, tokens, logs] = await Promise.all([
    folder.find('secrets'),
    folder.find('registry-tokens'),
    folder.find('transparency-log'),
  ])
  const forLogs = async () => ((await hasSignedLog(db)) ? logs : (logs ?? createLogKeys()))
  const all = async () => {
    const key = secrets ?? createSealingKey()
    if (!(await opensSamples(new SecretBox(key), db))) {
      throw new KeysError(
        'STELE_SECRET_KEY: the database has secrets (access keys, second factors) that were sealed with a key in a data ' +
          `folder, but ${secrets === null ? 'there is none' : 'another one is'} in ${folder.folder}: start once with ` +
          'that folder as STELE_DATA_DIR, so that its keys are moved to the database',
      )
    }
    const keys = { secrets: key, 'registry-tokens': tokens ?? createSigningKeys() }
    return { ...keys, 'transparency-log': logs ?? createLogKeys() }
  }
  const hasMade = await openSealedKeys(setting, db).prepare({ all, forLogs })
  if (!hasMade) return 'in database'
  return secrets === null ? 'created in database' : 'moved to database'
}

async function opensSamples(box: SecretBox, source: SqlSource): Promise<boolean> {
  const { accessKey, secondFactor } = await findSealedSamples(source)
  try {
    if (accessKey !== null) box.open(accessKey.sealedSecret, accessKey.id)
    if (secondFactor !== null) box.open(secondFactor.sealedSecret, secondFactorOwner(secondFactor.userId))
    return true
  } catch {
    return false
  }
}

function tableIn(db: Database): KeyTable {
  return {
    find: (name) => findSealedKey(db, name),
    list: () => listSealedKeys(db),
    change: (work) =>
      db.sqlTransaction(async (tx) => {
        const keys = await lockSealedKeys(tx)
        return work({ keys, put: (key) => putSealedKey(tx, key, new Date()), within: tx })
      }),
  }
}
