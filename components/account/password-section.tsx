'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { profileQuery } from '../queries/account'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { Section } from '../ui/page'
import { ErrorState, Skeleton } from '../ui/states'

const ChangePasswordDialog = lazyComponent(() => import('./change-password-dialog'), 'ChangePasswordDialog')

/** One's own password: that there is one, and its change. */
export function PasswordSection() {
  const t = useTranslations()
  const { data, error, refetch } = useQuery(profileQuery())
  const [isOpen, setOpen] = useState(false)

  function content() {
    if (data) return data.hasPassword ? t('security.passwordText') : t('security.noPassword')
    return <Skeleton width="xl" />
  }

  if (!data && error) {
    return (
      <Section title={t('security.password')}>
        <ErrorState title={t('pages.sectionFailed')} error={error} onRetry={() => void refetch()} />
      </Section>
    )
  }
  return (
    <Section
      title={t('security.password')}
      aside={
        data?.hasPassword && (
          <Button small onClick={() => setOpen(true)}>
            {t('security.changePassword')}
          </Button>
        )
      }
    >
      <p className="section-body">{content()}</p>
      {isOpen && data && <ChangePasswordDialog userName={data.name} onClose={() => setOpen(false)} />}
    </Section>
  )
}
