'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { OpeningView } from '@/lib/api/schemas/immutability'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { openNowQuery } from '../queries/openings'
import { repositoryHref } from '../routes'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Link } from '../ui/link'
import { Time } from '../ui/time'
import { useIsAdministrator } from '../user-context'
import { useTimeLeft } from './time-left'
import { useCloseNow } from './use-close-now'

/** How many openings have a banner of their own; more than these are one banner. */
const bannersMax = 3

/** On the pages of a repository: that tags are open, until when and why. */
export function OpeningBanners({ region, repository }: { region: RegionId; repository: RepositoryView }) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  const timeLeft = useTimeLeft()
  const { closeNow, isPending } = useCloseNow(repository.id)
  const { data } = useQuery(openNowQuery(repository.id))
  const open = data?.items.flatMap((opening) => {
    const left = timeLeft(opening)
    return left === null ? [] : [{ opening, left }]
  })
  if (open === undefined || open.length === 0) return null
  if (open.length > bannersMax) {
    return (
      <Banner tone="warn" icon="unlock">
        <p>
          <strong>{t('openings.manyOpen', { count: open.length })}</strong>{' '}
          <Link href={repositoryHref(region, repository, 'immutability')}>{t('openings.title')}</Link>
        </p>
      </Banner>
    )
  }
  return open.map(({ opening, left }) => (
    <Banner
      key={opening.id}
      tone="warn"
      icon="unlock"
      action={
        isAdministrator && (
          <Button
            aria-label={t('openings.closeNowNamed', { tag: opening.tag })}
            busy={isPending}
            onClick={() => closeNow(opening)}
          >
            {t('openings.closeNow')}
          </Button>
        )
      }
    >
      <BannerText opening={opening} left={left} />
    </Banner>
  ))
}

function BannerText({ opening, left }: { opening: OpeningView; left: string }) {
  const t = useTranslations()
  const { tag, openedBy, reason, closesAt, moveCount } = opening
  return (
    <p>
      {t.rich('openings.isOpen', {
        ...{ tag, left, reason, name: openedBy, count: moveCount },
        b: (text) => <strong>{text}</strong>,
        time: () => <Time value={closesAt} format="minute" />,
      })}
    </p>
  )
}
