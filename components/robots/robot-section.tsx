'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { RobotList } from './robot-list'

const CreateRobotDialog = lazyComponent(() => import('./create-robot-dialog'), 'CreateRobotDialog')

/** The robots of an instance, for users who may manage it. */
export function RobotSection({ instanceId }: { instanceId: string }) {
  const t = useTranslations()
  const [isOpen, setIsOpen] = useState(false)
  const create = (
    <Button icon="plus" onClick={() => setIsOpen(true)}>
      {t('robots.create')}
    </Button>
  )
  return (
    <section aria-label={t('robots.title')} className="mt-6">
      <header className="page-head">
        <h2>{t('robots.title')}</h2>
        <div className="buttons">{create}</div>
      </header>
      <RobotList instanceId={instanceId} emptyHelp={t('robots.emptyHelp')} />
      <Suspense>{isOpen && <CreateRobotDialog instanceId={instanceId} onClose={() => setIsOpen(false)} />}</Suspense>
    </section>
  )
}
