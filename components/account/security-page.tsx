'use client'

import { useTranslations } from 'next-intl'
import { PageHead } from '../ui/page'
import { PasswordSection } from './password-section'
import { SecondFactorSection } from './second-factor-section'
import { SessionsSection } from './sessions-section'

/** A person's own password, second factor and sessions. */
export function SecurityPage() {
  const t = useTranslations()
  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('account.title') }, { label: t('security.title') }]}
        title={t('security.title')}
      />
      <p className="lead">{t('security.lead')}</p>
      <PasswordSection />
      <SecondFactorSection />
      <SessionsSection />
    </>
  )
}
