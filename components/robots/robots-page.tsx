'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { PageHead } from '../ui/page'
import { RobotList } from './robot-list'

const CreateRobotDialog = lazyComponent(() => import('./create-robot-dialog'), 'CreateRobotDialog')

/** The robots of all instances, for administrators. */
export function RobotsPage() {
  const t = useTranslations()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('robots.title') }]}
        title={t('robots.title')}
        buttons={
          <Button variant="primary" icon="plus" onClick={() => setOpen(true)}>
            {t('robots.create')}
          </Button>
        }
      />
      <p className="lead">{t('robots.lead')}</p>
      <RobotList instanceId={null} emptyHelp={t('robots.emptyHelp')} />
      <Suspense>{isOpen && <CreateRobotDialog instanceId={null} onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
