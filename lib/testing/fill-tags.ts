import type { Database } from '@/lib/metadata/engine/database'

/** Gives a repository `count` more tags, `t0` and so on, at the digest that one of its tags has; without a word in the ledger. */
export async function fillTags(
  { prisma }: Pick<Database, 'prisma'>,
  repositoryId: string,
  count: number,
): Promise<void> {
  const like = await prisma.tag.findFirstOrThrow({ where: { repositoryId } })
  for (let n = 0; n < count; n += 1000) {
    const names = Array.from({ length: Math.min(1000, count - n) }, (_, at) => `t${n + at}`)
    await prisma.tag.createMany({ data: names.map((name) => ({ ...like, name })) })
  }
}
