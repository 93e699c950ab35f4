'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { CredentialsView } from '@/lib/api/schemas/credentials'
import type { RegionId } from '@/lib/domain/regions'
import { InstancePageHead } from '../instances/instance-page-head'
import { credentialsQuery, useRemovePassword } from '../queries/credentials'
import { instanceQuery } from '../queries/instances'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { ConfirmDialog } from '../ui/lazy-confirm-dialog'
import { Copyable } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { lazySection } from '../ui/lazy-section'
import { Section } from '../ui/page'
import { ErrorState, Skeleton } from '../ui/states'
import { Status } from '../ui/status'
import { Time } from '../ui/time'

const RobotSection = lazySection(() => import('../robots/robot-section').then((it) => it.RobotSection))
const TokenSection = lazySection(() => import('./token-section').then((it) => it.TokenSection))

const ConnectDialog = lazyComponent(() => import('../connect/connect-dialog'), 'ConnectDialog')
const SetPasswordDialog = lazyComponent(() => import('./set-password-dialog'), 'SetPasswordDialog')

/** Access Credential: what one logs on to an instance's registry with, and its robots for who may manage it. */
export function CredentialsPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const [dialog, setDialog] = useState<'set' | 'remove' | 'connect' | null>(null)
  const instance = useQuery(instanceQuery(instanceId)).data?.data
  const { data, error, isPending, refetch } = useQuery(credentialsQuery(instanceId))
  const remove = useRemovePassword(instanceId)
  // Grants on what the instance holds are not known here: whoever has none on all of it may still push somewhere.
  const mayPush = instance?.access !== 'PULL'

  function close() {
    remove.reset()
    setDialog(null)
  }

  function content() {
    if (!isPending && error) {
      return (
        <ErrorState
          title={isApiError(error, 'NOT_FOUND') ? t('instances.gone') : t('pages.error')}
          error={error}
          onRetry={() => void refetch()}
        />
      )
    }
    return (
      <>
        {data?.passwordSetAt === null && (
          <Banner tone="warn" icon="warn">
            <p>{t('credentials.notSetBanner')}</p>
          </Banner>
        )}
        <Section
          title={t('credentials.password')}
          aside={
            data &&
            data.passwordSetAt !== null && (
              <Button small onClick={() => setDialog('remove')}>
                {t('credentials.remove')}
              </Button>
            )
          }
        >
          <Facts credentials={data} />
        </Section>
        {data && <TokenSection instanceId={instanceId} credentials={data} mayPush={mayPush} />}
        {data && instance?.access === 'MANAGE' && <RobotSection instanceId={instanceId} />}
      </>
    )
  }

  return (
    <>
      <InstancePageHead
        region={region}
        instanceId={instanceId}
        title={t('credentials.title')}
        buttons={
          <>
            <Button disabled={!data} onClick={() => setDialog('connect')}>
              {t('connect.title')}
            </Button>
            <Button variant="primary" icon="key" disabled={!data} onClick={() => setDialog('set')}>
              {t('credentials.setPassword')}
            </Button>
          </>
        }
      />
      <p className="lead">{t('credentials.lead')}</p>
      {content()}
      <Suspense>
        {dialog === 'connect' && data && (
          <ConnectDialog
            connection={{
              ...data,
              userName: `${data.userNamePrefix}${data.userName}`,
              namespace: null,
              repository: null,
              mayPush,
            }}
            first="docker"
            help={t('connect.ownHelp')}
            onClose={close}
          />
        )}
        {dialog === 'set' && data && (
          <SetPasswordDialog instanceId={instanceId} userName={data.userName} onClose={close} />
        )}
      </Suspense>
      {dialog === 'remove' && data && (
        <ConfirmDialog
          title={t('credentials.remove')}
          subject={data.userName}
          consequence={t('credentials.removeConsequence')}
          confirm={t('credentials.remove')}
          action={remove}
          variables={undefined}
          done={{ title: t('credentials.passwordRemoved'), body: t('credentials.passwordRemovedNext') }}
          onClose={close}
        />
      )}
    </>
  )
}

/** As tall while they load. */
function Facts({ credentials }: { credentials: CredentialsView | undefined }) {
  const t = useTranslations()
  return (
    <dl className="facts">
      <Fact label={t('credentials.userName')}>
        {credentials ? (
          <Copyable
            text={`${credentials.userNamePrefix}${credentials.userName}`}
            label={t('credentials.copyUserName')}
          />
        ) : (
          <Skeleton width="lg" />
        )}
      </Fact>
      <Fact label={t('credentials.password')}>
        {credentials ? <PasswordState credentials={credentials} /> : <Skeleton width="lg" />}
      </Fact>
      <Fact label={t('credentials.address')} full>
        {credentials ? (
          <Copyable text={credentials.registryHost} label={t('credentials.copyAddress')} />
        ) : (
          <Skeleton width="xl" />
        )}
      </Fact>
      <Fact label={t('credentials.logIn')} full>
        {credentials ? (
          <CodeBlock
            label={t('credentials.copyLogIn')}
            lines={[
              [
                `docker login --username=${credentials.userNamePrefix}${credentials.userName} ${credentials.registryHost}`,
              ],
            ]}
          />
        ) : (
          <Skeleton width="xl" />
        )}
      </Fact>
    </dl>
  )
}

function PasswordState({ credentials: { passwordSetAt, passwordLastUsedAt } }: { credentials: CredentialsView }) {
  const t = useTranslations()
  if (passwordSetAt === null) {
    return (
      <Status icon="warn" tone="warn">
        {t('credentials.notSet')}
      </Status>
    )
  }
  // It is known to the minute, in which the password may have been set.
  const lastUse = passwordLastUsedAt !== null && passwordLastUsedAt < passwordSetAt ? passwordSetAt : passwordLastUsedAt
  return (
    <>
      <Status icon="ok" tone="ok">
        {t('credentials.set')}
      </Status>
      <Time value={passwordSetAt} format="relative" />
      <span className="muted">
        {lastUse === null ? (
          t('credentials.neverUsed')
        ) : (
          <>
            {t('credentials.lastUsed')} <Time value={lastUse} format="relative" />
          </>
        )}
      </span>
    </>
  )
}
