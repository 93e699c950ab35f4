import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { EmptyState } from '@/components/ui/states'

/** What an address shows that leads nowhere. */
export default function NotFoundPage() {
  const t = useTranslations()
  return (
    <EmptyState
      isPage
      title={t('pages.notFound')}
      action={
        <Link className="button button--primary" href="/">
          {t('pages.home')}
        </Link>
      }
    >
      {t('pages.notFoundHelp')}
    </EmptyState>
  )
}
