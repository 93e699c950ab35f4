import type { Viewer } from '@/lib/metadata/access'
import { countAttachmentsOfTags } from '@/lib/metadata/attachment-counts'
import { countAuditEvents, listAuditEvents, searchAuditEvents } from '@/lib/metadata/audit-listing'
import { findBlobLink } from '@/lib/metadata/blobs'
import { findReclaimable, getActivity, getRefusalFigures, listDays, listMostPulled } from '@/lib/metadata/day-figures'
import type { Database } from '@/lib/metadata/engine/database'
import type { Slice } from '@/lib/metadata/engine/listing'
import { countTagEvents, listTagEvents, searchTagEvents } from '@/lib/metadata/ledger-listing'
import { findManifest, findManifestByTag } from '@/lib/metadata/manifests'
import { countNamespaces, countRepositoriesOf, listNamespaces } from '@/lib/metadata/namespaces'
import { getPullsOfRepositories, getPullsOfTags } from '@/lib/metadata/pull-counts'
import { findUnreachedLinks } from '@/lib/metadata/reclaimable'
import { listReferrers } from '@/lib/metadata/referrers'
import { findRepositoryForCaller } from '@/lib/metadata/repositories'
import {
  type RepositorySortKey,
  countRepositories,
  listRepositories,
  listRepositoryPaths,
} from '@/lib/metadata/repository-listing'
import { readMovedTagPages, readTagMovePages } from '@/lib/metadata/policy-preview'
import {
  type TagSortKey,
  countFoundTags,
  countTags,
  listTags,
  readTagNamePages,
  searchTags,
} from '@/lib/metadata/tag-listing'
import { listTagNames, listTagsReaching } from '@/lib/metadata/tags'
import { countTombstones, listTombstones } from '@/lib/metadata/tombstone-listing'
import { getInstanceTotals, getRepositoryTotals } from '@/lib/metadata/totals'
import { isReachedByHeld, listUntaggedPart } from '@/lib/metadata/untagged'

/** What the reads are about: an instance, and one of its repositories with what is in it. */
export interface HotReadTarget {
  readonly instanceId: string
  readonly repositoryId: string
  readonly path: string
  readonly tag: string
  readonly digest: string
  /** A blob of the repository. */
  readonly blob: string
}

type Read = (db: Database, target: HotReadTarget) => Promise<unknown>

const first: Slice = { descending: false, after: null, limit: 26 }
const last: Slice = { ...first, descending: true }
const everything: Viewer | null = null

const tagOrders = (['name', 'pushedAt', 'version', 'size'] satisfies TagSortKey[]).flatMap((key): [string, Read][] => [
  [`tags by ${key}`, (db, { repositoryId }) => listTags(db, { repositoryId, withTechnical: false }, key, first)],
  [`tags by -${key}`, (db, { repositoryId }) => listTags(db, { repositoryId }, key, last)],
])

const repositoryOrders = (
  ['name', 'createdAt', 'updatedAt', 'size', 'tags', 'lastPushedAt'] satisfies RepositorySortKey[]
).map((key): [string, Read] => [
  `repositories by -${key}`,
  (db, { instanceId }) => listRepositories(db, { viewer: everything, instanceId }, key, last),
])

/** The reads whose time must not grow with the database, by name: what pulls, pushes and pages of the console do. */
export const hotReads: Readonly<Record<string, Read>> = {
  'repository of a caller': (db, { instanceId, path }) => findRepositoryForCaller(db, instanceId, path, 'usr-nobody'),
  'manifest by tag': (db, { repositoryId, tag }) => findManifestByTag(db, repositoryId, tag),
  'manifest by digest': (db, { repositoryId, digest }) => findManifest(db, repositoryId, digest),
  'link to a blob': (db, { repositoryId, blob }) => findBlobLink(db, repositoryId, blob),
  'names of tags': (db, { repositoryId }) => listTagNames(db, repositoryId, 100),
  'paths of repositories': (db, { instanceId }) =>
    listRepositoryPaths(db, everything, instanceId, { limit: 1000, last: '' }),
  referrers: (db, { repositoryId, digest }) =>
    listReferrers(db, repositoryId, digest, { artifactType: null, after: '', limit: 100, maxBytes: 1_000_000 }),
  'tags that reach a manifest': (db, { repositoryId, digest }) => listTagsReaching(db, repositoryId, digest, 10),
  'tags that reach a blob': (db, { repositoryId, blob }) => listTagsReaching(db, repositoryId, blob, 10),
  ...Object.fromEntries(tagOrders),
  'number of tags': (db, { repositoryId }) => countTags(db, { repositoryId, withTechnical: false }),
  'number of charts': (db, { repositoryId }) => countTags(db, { repositoryId, kind: 'helmChart' }),
  'charts by -pushedAt': (db, { repositoryId }) => listTags(db, { repositoryId, kind: 'helmChart' }, 'pushedAt', last),
  'artifacts by -pushedAt': (db, { repositoryId }) =>
    listTags(db, { repositoryId, kind: 'artifact' }, 'pushedAt', last),
  'tags with names': (db, { repositoryId, tag }) =>
    listTags(db, { repositoryId, names: [tag, 'latest'] }, 'pushedAt', last),
  'number of protected tags': (db, { repositoryId }) => countTags(db, { repositoryId, otherThan: ['latest'] }),
  'attachments of tags': (db, { repositoryId, digest }) => countAttachmentsOfTags(db, repositoryId, [digest]),
  'untagged manifests': (db, { repositoryId }) => listUntaggedPart(db, repositoryId, { after: null, descending: true }),
  ...Object.fromEntries(repositoryOrders),
  'number of repositories': (db, { instanceId }) => countRepositories(db, { viewer: everything, instanceId }),
  'totals of repositories': (db, { repositoryId }) => getRepositoryTotals(db, [repositoryId]),
  'totals of instances': (db, { instanceId }) => getInstanceTotals(db, everything, [instanceId]),
  namespaces: async (db, { instanceId }) => {
    const filter = { viewer: everything, instanceId }
    const rows = await listNamespaces(db, filter, first)
    await countRepositoriesOf(
      db,
      everything,
      rows.map(({ id }) => id),
    )
    return countNamespaces(db, filter)
  },
  'ledger of a repository': (db, { repositoryId }) =>
    listTagEvents(db, { scope: { repositoryId } }, { order: 'newest first', after: null, limit: 26 }),
  'ledger of a tag': (db, { repositoryId, tag }) =>
    listTagEvents(db, { scope: { repositoryId }, tag }, { order: 'newest first', after: null, limit: 26 }),
  'ledger of an instance': (db, { instanceId }) =>
    listTagEvents(db, { scope: { instanceId } }, { order: 'newest first', after: null, limit: 26 }),
  'blocked pushes': (db, { instanceId }) =>
    listTagEvents(db, { scope: { instanceId }, kind: 'REFUSED' }, { order: 'newest first', after: null, limit: 26 }),
  'audit events': (db) => listAuditEvents(db, {}, { order: 'newest first', limit: 26 }),
  'reserved names': (db, { instanceId, repositoryId, path }) =>
    listTombstones(db, { instanceId, repositoryId, repositoryPath: path }, first),
  ...Object.fromEntries(
    (['name', 'pushedAt', 'version', 'size'] satisfies TagSortKey[]).flatMap((key): [string, Read][] => [
      [
        `tags with a part of the name by ${key}`,
        (db, { repositoryId }) => searchTags(db, { repositoryId, ...rare }, key, last, examinedMax),
      ],
      [
        `number of tags with a part of the name by ${key}`,
        (db, { repositoryId }) => countFoundTags(db, { repositoryId, ...rare }, key, true, examinedMax),
      ],
    ]),
  ),
  'tags that point at a digest': (db, { repositoryId, digest }) =>
    searchTags(db, { repositoryId, search: digest }, 'pushedAt', last, examinedMax),
  'exempt tags': (db, { repositoryId }) => readAll(readTagNamePages(db, repositoryId, ['dev-', 'latest'])),
  'exempt tags that moved': (db, { repositoryId }) =>
    readAll(readTagMovePages(db, repositoryId, new Date(0), ['dev-', 'latest'])),
  'tags that moved': (db, { repositoryId }) => readAll(readMovedTagPages(db, repositoryId, new Date())),
  'attachments of a page of tags': async (db, { repositoryId }) => {
    const tags = await listTags(db, { repositoryId }, 'pushedAt', { ...last, limit: 100 })
    await countAttachmentsOfTags(
      db,
      repositoryId,
      tags.map(({ digest }) => digest),
    )
  },
  'pulls of tags': (db, { repositoryId, tag }) => getPullsOfTags(db, repositoryId, [tag, 'latest']),
  'pulls of repositories': (db, { repositoryId }) => getPullsOfRepositories(db, [repositoryId]),
  'days of an instance': (db, { instanceId }) => listDays(db, instanceId, '2026-01-01'),
  'activity of repositories': (db, { repositoryId }) => getActivity(db, [repositoryId], '2026-01-01'),
  'what can be reclaimed': (db, { instanceId }) => findReclaimable(db, instanceId),
  'whether a tag reaches a blob': (db, { repositoryId, blob }) =>
    findUnreachedLinks(db, [{ repositoryId, digest: blob }]),
  'whether a held manifest reaches one': (db, { repositoryId, digest }) =>
    isReachedByHeld(db, repositoryId, digest, new Date(0)),
}

/** Finds no tag. */
const rare = { search: 'nothing-has-this', withTechnical: false }

/** How many rows a search examines here. */
const examinedMax = 1000

async function readAll(pages: AsyncIterable<unknown>): Promise<void> {
  const all = pages[Symbol.asyncIterator]()
  while ((await all.next()).done !== true);
}

/** Reads that look at some thousand rows, by name: a bound holds their time. */
export const boundedReads: Readonly<Record<string, Read>> = {
  'tags with a part of the name': (db, { repositoryId }) =>
    searchTags(db, { repositoryId, search: 'nothing-has-this' }, 'pushedAt', last),
  'number of tags with a part of the name': (db, { repositoryId }) =>
    countFoundTags(db, { repositoryId, search: 'nothing-has-this' }, 'pushedAt', true),
  'repositories with a part of the path': (db, { instanceId }) =>
    listRepositories(db, { viewer: everything, instanceId, search: 'nothing' }, 'name', first),
  'number of reserved names': (db, { instanceId, path }) => countTombstones(db, { instanceId, repositoryPath: path }),
  'number of entries of a repository': (db, { repositoryId }) => countTagEvents(db, { scope: { repositoryId } }),
  'number of entries of an instance': (db, { instanceId }) => countTagEvents(db, { scope: { instanceId } }),
  'number of blocked pushes': (db, { instanceId }) => countTagEvents(db, { scope: { instanceId }, kind: 'REFUSED' }),
  'entries with a text': (db, { instanceId }) =>
    searchTagEvents(
      db,
      { scope: { instanceId }, text: 'nothing-has-this' },
      { order: 'newest first', after: null, limit: 26 },
    ),
  'number of entries with a text': (db, { instanceId }) =>
    countTagEvents(db, { scope: { instanceId }, text: 'nothing-has-this' }),
  'refused pushes of a week': (db, { instanceId }) => getRefusalFigures(db, instanceId, new Date(0)),
  'most pulled repositories': (db, { instanceId }) => listMostPulled(db, instanceId, '2026-01-01', 6),
  'number of audit events': (db) => countAuditEvents(db, {}),
  'audit events with a text': (db) =>
    searchAuditEvents(db, { text: 'nothing-has-this' }, { order: 'newest first', limit: 26 }),
}
