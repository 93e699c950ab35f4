import { useTranslations } from 'next-intl'
import type { z } from 'zod'
import type { immutabilityCheck } from '@/lib/api/schemas/immutability'
import { Banner } from '../ui/banner'
import { LoadError } from '../ui/states'
import { shortDigest } from '../ui/digest'

interface VerdictProps {
  check: {
    data: z.infer<typeof immutabilityCheck> | undefined
    error: unknown
    refetch: () => unknown
  }
  /** What the tag is to point at. */
  digest: string
  /** Whether what the tag points at now is said elsewhere. */
  isRestore?: boolean
}

/** Why a repository does not let a tag point at a digest: the codes of errors. */
export const refusalCodes = ['TAG_IMMUTABLE', 'TAG_RESERVED', 'TAG_APPEND_ONLY'] as const

/** What the immutability policy says to a move before it is asked for. */
export function Verdict({ check: { data, error, refetch }, digest, isRestore = false }: VerdictProps) {
  const t = useTranslations()
  if (data === undefined && error) return <LoadError error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <p role="status">{t('tagHistory.checking')}</p>
  const code = refusalCodes.find((one) => one === data.code)
  const why = code === undefined ? data.message : t(`errors.${code}`)
  if (!data.allowed) {
    return (
      <Banner tone="danger" icon="lock">
        <p>
          <strong>{t('tagHistory.refused')}</strong> {why}
        </p>
      </Banner>
    )
  }
  if (data.code !== undefined) {
    return (
      <Banner tone="warn" icon="warn">
        <p>
          <strong>{t('tagHistory.audited')}</strong> {why}
        </p>
      </Banner>
    )
  }
  if (isRestore) return null
  const { currentDigest } = data
  return (
    <p role="status">
      {currentDigest === undefined
        ? t('tagHistory.willCreate')
        : currentDigest === digest
          ? t('tagHistory.willStay')
          : t('tagHistory.willMove', { from: shortDigest(currentDigest) })}
    </p>
  )
}
