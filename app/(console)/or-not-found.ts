import { notFound } from 'next/navigation'
import { AppError } from '@/lib/domain/errors'

/**
 * Runs `look`, and shows that there is no such page, with the status 404, where it throws NOT_FOUND. Who sees that
 * something is there, but may not read it, is told by the page.
 */
export async function orNotFound(look: () => Promise<unknown>): Promise<void> {
  try {
    await look()
  } catch (error) {
    if (!AppError.is(error)) throw error
    if (error.code === 'NOT_FOUND') notFound()
    if (error.code !== 'DENIED') throw error
  }
}
