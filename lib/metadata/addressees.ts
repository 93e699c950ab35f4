import type { InstanceHostParts } from '@/lib/domain/instance-host'
import { type DirectReads, question } from './engine/database'
import type { InstanceForTraffic } from './instances'
import { type Answer, RememberedRows } from './remembered-rows'
import { type RepositoryForCaller, type StoredForCaller, askForRepository, toRepositoryForCaller } from './repositories'

/** Most bytes that are remembered: some thousand addressees. */
const rememberedMaxBytes = 2 * 1024 * 1024

/** About what one takes. */
const addresseeBytes = 512

/** No instance has an empty name. */
const byDefault: InstanceHostParts = { name: '', regionId: '' }

/**
 * Finds what the addresses in requests of container clients name. Many requests name the same, so the rows are remembered
 * until something is committed.
 */
export class Addressees {
  readonly #rows: RememberedRows<InstanceForTraffic | RepositoryForCaller>

  constructor(reads: DirectReads) {
    this.#rows = new RememberedRows(reads, {
      maxBytes: rememberedMaxBytes,
      bytesOf: () => addresseeBytes,
      // The time of an answer must not say whether there is something.
      noneBytes: addresseeBytes,
    })
  }

  /** The instance whose host name has these parts, or that of all other hosts; null when there is none. */
  findInstance(address: InstanceHostParts | 'default'): Answer<InstanceForTraffic> {
    const { name, regionId } = address === 'default' ? byDefault : address
    return this.#rows.find<InstanceForTraffic, InstanceForTraffic>({
      key: `instance ${name}.${regionId}`,
      question: question`
        SELECT i."id", i."name", i."regionId", i."isDefault", i."allowAnonymousPull" FROM "Instance" i
        WHERE i."id" = CASE WHEN ${name} = '' THEN (SELECT d."id" FROM "Instance" d WHERE d."isDefault" LIMIT 1)
          ELSE (SELECT n."id" FROM "Instance" n WHERE n."regionId" = ${regionId} AND n."name" = ${name}) END`,
      toAnswer: (row) => row,
    })
  }

  /** What `findRepositoryForCaller` finds. `subjectId` is that of the user or the robot; empty for the anonymous. */
  findRepository(instanceId: string, path: string, subjectId: string): Answer<RepositoryForCaller> {
    return this.#rows.find<StoredForCaller, RepositoryForCaller>({
      key: `repository ${subjectId} ${instanceId}/${path}`,
      question: askForRepository(instanceId, path, subjectId),
      toAnswer: toRepositoryForCaller,
    })
  }
}
