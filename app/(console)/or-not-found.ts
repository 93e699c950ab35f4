import { notFound } from 'next/navigation'
import { AppError } from '@/lib/domain/errors'

/**
 * Returns what `look` finds. Where it throws NOT_FOUND, there is no such page, which is shown with the status 404. Null where
 * the person sees that something is there but may not read it: the page says so.
 */
export async function orNotFound<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look()
  } catch (error) {
    if (!AppError.is(error)) throw error
    if (error.code === 'NOT_FOUND') notFound()
    if (error.code !== 'DENIED') throw error
    return null
  }
}
