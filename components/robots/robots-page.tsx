'use client'

import { useTranslations } from 'next-intl'
import { PageHead } from '../ui/page'
import { RobotList } from './robot-list'

/** The robots of all instances, for administrators. */
export function RobotsPage() {
  const t = useTranslations()
  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('robots.title') }]}
        title={t('robots.title')}
      />
      <p className="lead">{t('robots.lead')}</p>
      <RobotList instanceId={null} emptyHelp={t('robots.emptyOutsideHelp')} />
    </>
  )
}
