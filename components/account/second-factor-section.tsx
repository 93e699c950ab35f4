'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { profileQuery, secondFactorQuery } from '../queries/account'
import { Button } from '../ui/button'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { Section } from '../ui/page'
import { ErrorState, Skeleton } from '../ui/states'
import { Status } from '../ui/status'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { SecondFactorState } from '../users/user-status'

const RenewRecoveryCodesDialog = lazyComponent(
  () => import('./renew-recovery-codes-dialog'),
  'RenewRecoveryCodesDialog',
)
const SetUpSecondFactorDialog = lazyComponent(() => import('./set-up-second-factor-dialog'), 'SetUpSecondFactorDialog')
const TurnSecondFactorOffDialog = lazyComponent(
  () => import('./turn-second-factor-off-dialog'),
  'TurnSecondFactorOffDialog',
)

/** So few recovery codes call for new ones. */
const fewCodes = 3

/** One's own second factor: whether it is on, and what can be done about it. Nothing for who has no password here. */
export function SecondFactorSection() {
  const t = useTranslations()
  const format = useFormat()
  const { data: profile } = useQuery(profileQuery())
  const { data, error, refetch } = useQuery(secondFactorQuery())
  const [dialog, setDialog] = useState<'set-up' | 'renew' | 'turn-off' | null>(null)
  const close = () => setDialog(null)

  if (profile?.hasPassword === false) return null
  if (!data && error) {
    return (
      <Section title={t('security.secondFactor')}>
        <ErrorState title={t('pages.sectionFailed')} error={error} onRetry={() => void refetch()} />
      </Section>
    )
  }
  return (
    <Section
      title={t('security.secondFactor')}
      aside={
        data && (
          <div className="section-buttons">
            {data.isOn ? (
              <>
                <Button small onClick={() => setDialog('renew')}>
                  {t('security.renew')}
                </Button>
                <Button small onClick={() => setDialog('turn-off')}>
                  {t('security.turnOff')}
                </Button>
              </>
            ) : (
              <Button small variant="primary" onClick={() => setDialog('set-up')}>
                {t('security.setUp')}
              </Button>
            )}
          </div>
        )
      }
    >
      <p className="section-body">{t('security.secondFactorText')}</p>
      <dl className="facts">
        <Fact label={t('users.state')}>{data ? <SecondFactorState isOn={data.isOn} /> : <Skeleton width="sm" />}</Fact>
        {data?.confirmedAt && (
          <>
            <Fact label={t('security.onSince')}>
              <Time value={data.confirmedAt} format="minute" />
            </Fact>
            <Fact label={t('security.codesLeft')}>
              {format.number(data.recoveryCodesLeft)}
              {data.recoveryCodesLeft <= fewCodes && (
                <Status icon="warn" tone="warn">
                  {t('security.codesFew')}
                </Status>
              )}
            </Fact>
          </>
        )}
      </dl>
      {dialog === 'set-up' && <SetUpSecondFactorDialog onClose={close} />}
      {dialog === 'renew' && <RenewRecoveryCodesDialog onClose={close} />}
      {dialog === 'turn-off' && <TurnSecondFactorOffDialog onClose={close} />}
    </Section>
  )
}
