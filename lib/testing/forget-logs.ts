import type { Database } from '@/lib/metadata/engine/database'

/** Makes the database as a version before the transparency logs left it. */
export async function forgetLogs({ prisma }: Pick<Database, 'prisma'>): Promise<void> {
  await prisma.transparencyLog.deleteMany()
  await prisma.transparencyLeaf.deleteMany()
  await prisma.transparencyTile.deleteMany()
  await prisma.transparencyHeld.deleteMany()
  await prisma.outboxReader.deleteMany()
}
