import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Database } from './fleet'

/** One way in which the server is broken on purpose, to see that the run finds it. */
export interface Breakage {
  /** What is wrong with the server then. */
  readonly what: string
  /** The text that is replaced, which must be in the file once. */
  readonly file: string
  readonly text: string
  readonly by: string
  /** Where it is wrong. */
  readonly databases: readonly Database[]
}

const both: readonly Database[] = ['sqlite', 'postgresql']

/** The broken builds by their names. */
export const breakages: Readonly<Record<string, Breakage>> = {
  'rule-off': {
    what: 'no tag is protected from pushes',
    file: 'lib/metadata/tags.ts',
    text: 'const isFree = !isProtected(repository, name)',
    by: 'const isFree = true',
    databases: both,
  },
  'unlocked-policy': {
    what: 'a push reads the policy without a lock (docs/immutability.md, part 4)',
    file: 'lib/metadata/repositories.ts',
    text: 'WHERE r."id" = ${id} AND NOT r."isDeleted" FOR SHARE OF r`',
    by: 'WHERE r."id" = ${id} AND NOT r."isDeleted"`',
    databases: ['postgresql'],
  },
  'passed-gaps': {
    what: 'the log takes events by their position and does not wait for those of transactions that end later (docs/decisions/0044-transparency-log.md)',
    file: 'lib/metadata/outbox-readers.ts',
    text: "...(source.provider === 'sqlite' ? [] : findGaps(state.position, seen)),",
    by: '',
    databases: ['postgresql'],
  },
  'half-pushes': {
    what: 'of a push of several tags, those that the rule allows are moved though others are refused',
    file: 'lib/registry/push/push-manifest.ts',
    text: 'if (first !== undefined) throw',
    by: 'if (first !== undefined && refusals.length === push.tags.length) throw',
    databases: both,
  },
  'forgotten-names': {
    what: 'a reserved name can be pushed with any content',
    file: 'lib/metadata/tags.ts',
    text: 'OR (${mayCreate} AND NOT EXISTS (',
    by: 'OR (${mayCreate} OR NOT EXISTS (',
    databases: both,
  },
  'endless-openings': {
    what: 'an opening counts after it was closed',
    file: 'lib/metadata/openings.ts',
    text: 'AND o."tag" = ${tag} AND o."closedAt" IS NULL`',
    by: 'AND o."tag" = ${tag}`',
    databases: both,
  },
}

/** The source of a file with the breakage. Throws when its text is not there once. */
export function breakSource(source: string, { file, text, by }: Breakage): string {
  const parts = source.split(text)
  if (parts.length !== 2) throw new Error(`${file} has this text ${parts.length - 1} times, not once: ${text}`)
  return parts.join(by)
}

/**
 * Builds a server with this breakage in a new folder, and returns that. It shares the packages and the built console of
 * `root`, so that only what the server itself does is broken: pushes, reads and the log.
 */
export async function buildBroken(root: string, breakage: Breakage): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'stele-broken-'))
  for (const name of ['lib', 'prisma', 'server.ts', 'tsconfig.json', 'package.json', 'next.config.mjs']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  for (const name of ['node_modules', '.next']) symlinkSync(join(root, name), join(folder, name))
  const file = join(folder, breakage.file)
  writeFileSync(file, breakSource(readFileSync(file, 'utf8'), breakage))
  mkdirSync(join(folder, 'dist'))
  await build({
    absWorkingDir: folder,
    entryPoints: ['server.ts'],
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    splitting: true,
    target: 'node20',
    logLevel: 'warning',
  })
  return folder
}
