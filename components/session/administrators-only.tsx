import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { EmptyState } from '../ui/states'

/** What a page for administrators shows to others. The API refuses them too; this says it in words. */
export function AdministratorsOnly() {
  const t = useTranslations()
  return (
    <EmptyState
      isPage
      title={t('pages.denied')}
      action={
        <Link className="button button--primary" href="/">
          {t('pages.home')}
        </Link>
      }
    >
      {t('pages.deniedHelp')}
    </EmptyState>
  )
}
