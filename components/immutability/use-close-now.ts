import { useTranslations } from 'next-intl'
import type { OpeningView } from '@/lib/api/schemas/immutability'
import { useCloseOpening } from '../queries/openings'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'

/** Closes openings at once, without asking, and says so. */
export function useCloseNow(repositoryId: string) {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const close = useCloseOpening(repositoryId)
  return {
    isPending: close.isPending,
    closeNow: ({ id, tag }: OpeningView) =>
      close.mutate(id, {
        onSuccess: () => toast({ title: t('openings.closed', { tag }), body: t('openings.closedBody') }),
        onError: errorToast,
      }),
  }
}
