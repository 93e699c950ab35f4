import { useTranslations } from 'next-intl'
import { NotFound } from '@/components/ui/not-found'

/** What an address shows that leads nowhere. */
export default function NotFoundPage() {
  const t = useTranslations()
  return <NotFound title={t('pages.notFound')} way={{ label: t('pages.home'), href: '/' }} />
}
