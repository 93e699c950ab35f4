import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { evidence } from '@/lib/domain/transparency/evidence'
import { parseCheckpoint } from '@/lib/transparency/checkpoint'
import type { ServedSource } from '@/lib/transparency/compare-served'
import { verifyEvidence } from '@/lib/transparency/evidence'
import { NoteError, type VerifierKey, isSignedBy, parseVerifierKey } from '@/lib/transparency/note'
import type { Violation } from '@/lib/transparency/replay'
import { LogReadError, type LogReport, type NamedCheckpoint, verifyLog } from '@/lib/transparency/verify-log'
import type { CommandArguments, CommandResult, OfflineCommand, Surroundings } from '../command'
import { CommandError } from '../command-error'
import { type Fetch, fetchFrom, fetchFromFolder, logSource } from './log-sources'
import { servedByCopy, servedByRegistry, withCopy } from './served-sources'

/** Exit codes besides 0 and 1, which are a good and a bad result. */
const badUsage = 2
const notRead = 3

/** `log verify`: checks a transparency log, or evidence from one. */
export const logVerify: OfflineCommand = {
  words: 'log verify',
  names: ['url, folder or evidence file'],
  options: {
    key: {
      value: '<key or file>',
      isList: true,
      help: 'The public key of the log, <name>+<id>+<key>. Without it, the signature is not checked. After a rotation: all.',
    },
    against: {
      value: '<file>',
      isList: true,
      help: 'A checkpoint of the log from before: the log must still have all that it had then.',
    },
    witness: { value: '<key or file>', isList: true, help: 'A witness that must have cosigned the checkpoint.' },
    'log-only': { help: 'Do not compare the log with what the registry serves.' },
    save: { value: '<folder>', help: 'Keep a copy of all that the server answers, which can be verified again later.' },
    'credential-stdin': { help: 'Read <user>:<password> for the server from the first line of standard input.' },
  },
  help: [
    'Check every hash, signature and leaf of a transparency log, that no tag moved while it was immutable, and that the',
    'registry has the tags, policies and ledger that its log says. Reads nothing of a server but the log’s address.',
    'Exit codes: 0 good, 1 something is wrong, 2 wrong arguments, 3 something could not be read.',
  ].join('\n      '),
  async runOffline(given, surroundings) {
    const [target = ''] = given.names
    const keys = await readKeys(given.lists['key'], 'note', '--key', surroundings)
    const witnesses = await readKeys(given.lists['witness'], 'cosignature', '--witness', surroundings)
    const older = await readOlder(given.lists['against'], keys, surroundings)
    const authorization = await readCredential(given, surroundings)
    const expected = { keys, witnesses, older }
    const { save, 'log-only': isLogOnly = false } = given.options
    try {
      if (/^https?:\/\//.test(target)) {
        const fetch = fetchFrom(target, authorization)
        const kept = typeof save === 'string' ? withCopy(fetch, path.resolve(surroundings.folder, save)) : fetch
        return await checkLog(kept, expected, isLogOnly ? null : servedByRegistry(kept))
      }
      if (authorization !== null) throw new CommandError('--credential-stdin is for a URL', badUsage)
      if (save !== undefined) throw new CommandError('--save is for a URL', badUsage)
      const file = path.resolve(surroundings.folder, target)
      if (await isFolder(file)) {
        const fetch = fetchFromFolder(file)
        return await checkLog(fetch, expected, isLogOnly ? null : await servedByCopy(fetch))
      }
      if (older.length > 0) throw new CommandError('--against is for a whole log, not for evidence', badUsage)
      return await checkEvidence(file, expected)
    } catch (error) {
      if (error instanceof LogReadError) throw new CommandError(`Could not be read: ${error.message}.`, notRead)
      throw error
    }
  },
}

type Expected = Parameters<typeof verifyLog>[1]

async function checkLog(fetch: Fetch, expected: Expected, served: ServedSource | null): Promise<CommandResult> {
  const report = await verifyLog(logSource(fetch), expected, served)
  const { checkpoint, violationCount, repositories, tags, protectedTags } = report
  for (const { name, origin } of expected.older) {
    if (origin !== checkpoint.origin) throw new CommandError(`--against ${name} is of another log: ${origin}`, badUsage)
  }
  const leaves = `${checkpoint.size} ${checkpoint.size === 1 ? 'leaf' : 'leaves'}`
  return {
    isGood: violationCount === 0,
    lines: [
      violationCount === 0
        ? `The log of ${checkpoint.origin} is good: ${leaves}.`
        : `The log of ${checkpoint.origin} is not good: ${countOf(violationCount)}.`,
      ...report.violations.map(describe),
      ...(violationCount > report.violations.length ? ['…'] : []),
      `Repositories: ${repositories}. Tags: ${tags}, of which ${protectedTags} are immutable.`,
      `Root: ${Buffer.from(checkpoint.root).toString('base64')}`,
      describeServed(report.served),
      ...expected.older.map(({ name, size }) => `Compared with ${name}: ${size} leaves.`),
      ...remarks(expected, report),
    ],
  }
}

async function checkEvidence(file: string, expected: Expected): Promise<CommandResult> {
  const given = evidence.safeParse(parseJson(await readText(file)))
  if (!given.success) {
    const [issue] = given.error.issues
    const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`
    throw new LogReadError(`${file} is not evidence${where}`)
  }
  const report = verify(given.data, expected)
  const { verdict, violations, checkpoint } = report
  const name = `${given.data.repository}:${given.data.tag}`
  const now = verdict.digest ?? 'There is no such tag'
  return {
    isGood: violations.length === 0,
    lines: [
      violations.length === 0
        ? `The evidence of ${name} is good, by the log of ${checkpoint.origin} with ${checkpoint.size} leaves.`
        : `The evidence of ${name} is not good: ${countOf(violations.length)}.`,
      ...violations.map(describe),
      `${now}${verdict.since === null ? '' : ` since ${verdict.since} (leaf ${verdict.leaf ?? 0})`}.`,
      `Set or moved since the log started: ${verdict.moves} ${verdict.moves === 1 ? 'time' : 'times'}. ${
        verdict.isProtected ? 'It is immutable.' : 'It is not immutable.'
      }`,
      ...remarks(expected, report),
    ],
  }
}

function verify(...[file, expected]: Parameters<typeof verifyEvidence>): ReturnType<typeof verifyEvidence> {
  try {
    return verifyEvidence(file, expected)
  } catch (error) {
    if (error instanceof NoteError) throw new LogReadError(`the checkpoint of the evidence: ${error.message}`)
    throw error
  }
}

/** What a reader should know, good or not. */
function remarks(
  { keys }: Expected,
  { cosignatures, appendedMoves }: Pick<ReturnType<typeof verifyEvidence>, 'cosignatures' | 'appendedMoves'>,
): string[] {
  return [
    ...(keys.length === 0 ? ['The signature was not checked: anybody could have written this. Give --key.'] : []),
    ...cosignatures.map(({ witness, time }) => `Cosigned by ${witness} at ${new Date(time * 1000).toISOString()}.`),
    ...(appendedMoves === 0
      ? []
      : [
          `Immutable tags of signatures moved: ${appendedMoves}. The log cannot show that no signature was taken away.`,
        ]),
  ]
}

function describeServed(counts: LogReport['served']): string {
  if (counts === null) return 'Not compared with what the registry serves.'
  const { tags, repositories, entries } = counts
  return `Compared with what the registry serves: ${tags} tags, ${repositories} repositories, ${entries} entries of the ledger.`
}

function describe({ leaf, text }: Violation): string {
  return leaf === null ? `- ${text}` : `- leaf ${leaf}: ${text}`
}

function countOf(violations: number): string {
  return violations === 1 ? '1 violation' : `${violations} violations`
}

async function readKeys(
  given: readonly string[] = [],
  type: VerifierKey['type'],
  option: string,
  surroundings: Surroundings,
): Promise<VerifierKey[]> {
  return Promise.all(
    given.map(async (keyOrFile) => {
      // `<name>+<hash>+<Base64>`: the name of a witness may have slashes, and Base64 has pluses of its own.
      const isKey = keyOrFile.split('+').length >= 3
      const text = isKey ? keyOrFile : await readGiven(keyOrFile, option, surroundings)
      try {
        const key = parseVerifierKey(text)
        if (key.type === type) return key
        throw new NoteError(`it is a key of type ${key.type} instead of ${type}`)
      } catch (error) {
        if (error instanceof NoteError) throw new CommandError(`${option} ${keyOrFile}: ${error.message}`, badUsage)
        throw error
      }
    }),
  )
}

async function readOlder(
  files: readonly string[] = [],
  keys: readonly VerifierKey[],
  surroundings: Surroundings,
): Promise<NamedCheckpoint[]> {
  return Promise.all(
    files.map(async (name) => {
      const text = await readGiven(name, '--against', surroundings)
      try {
        const checkpoint = parseCheckpoint(text)
        // What the log's key did not sign is no evidence against it.
        if (keys.length > 0 && !keys.some((key) => isSignedBy(checkpoint.note, key) === true)) {
          throw new NoteError('it is not signed with the key')
        }
        return { ...checkpoint, name }
      } catch (error) {
        if (error instanceof NoteError) throw new CommandError(`--against ${name}: ${error.message}`, badUsage)
        throw error
      }
    }),
  )
}

async function readCredential({ options }: CommandArguments, { readInput }: Surroundings): Promise<string | null> {
  if (options['credential-stdin'] !== true) return null
  const [line = ''] = (await readInput()).split(/\r?\n/)
  if (!line.includes(':')) throw new CommandError('--credential-stdin takes <user>:<password>', badUsage)
  return `Basic ${Buffer.from(line).toString('base64')}`
}

async function readGiven(name: string, option: string, { folder }: Surroundings): Promise<string> {
  try {
    return await readText(path.resolve(folder, name))
  } catch (error) {
    if (error instanceof LogReadError) throw new CommandError(`${option} could not be read: ${error.message}.`, notRead)
    throw error
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new LogReadError(`${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
  }
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory()
  } catch (error) {
    throw new LogReadError(`${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
