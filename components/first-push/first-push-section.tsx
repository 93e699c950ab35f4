'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { CredentialsView } from '@/lib/api/schemas/credentials'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RegionId } from '@/lib/domain/regions'
import { credentialsQuery } from '../queries/credentials'
import { instanceQuery } from '../queries/instances'
import { pushableNamespacesQuery, visibleNamespacesQuery } from '../queries/offered-namespaces'
import { pushableRepositoriesQuery } from '../queries/offered-repositories'
import { credentialsHref, repositoriesHref } from '../routes'
import { Button } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { Time } from '../ui/time'
import { LiveStep, type StepState, SubStep } from './live-step'
import { firstRepository } from '../instances/first-repository'
import { PushCommand } from '../instances/push-command'

const CreateNamespaceDialog = lazyComponent(
  () => import('../namespaces/create-namespace-dialog'),
  'CreateNamespaceDialog',
)
const SetPasswordDialog = lazyComponent(() => import('../credentials/set-password-dialog'), 'SetPasswordDialog')

/** How often what the steps wait for is read again, in milliseconds. */
const againMs = 2_000

interface FirstPushSectionProps {
  region: RegionId
  /** An instance without a tag when the page was opened. */
  instance: InstanceView
}

/**
 * The way to the first push of an instance, in steps that tick themselves: what is read here is read again every few
 * seconds until the last step is done. Nothing is shown to who may push nowhere.
 */
export function FirstPushSection({ region, instance: { id: instanceId } }: FirstPushSectionProps) {
  const t = useTranslations()
  const [dialog, setDialog] = useState<'namespace' | 'password' | null>(null)
  const instance = useQuery({
    ...instanceQuery(instanceId),
    refetchInterval: ({ state }) => (state.data?.data.tagCount === 0 ? againMs : false),
  }).data?.data
  const isPushed = instance !== undefined && instance.tagCount > 0
  const refetchInterval = isPushed ? (false as const) : againMs
  const visible = useQuery({ ...visibleNamespacesQuery(instanceId, ''), refetchInterval }).data
  // One in which a push makes repositories may come after those that were read.
  const others = useQuery({ ...pushableNamespacesQuery(instanceId, ''), enabled: visible?.hasMore === true }).data
  const credentials = useQuery({ ...credentialsQuery(instanceId), refetchInterval }).data
  const repositories = useQuery({ ...pushableRepositoriesQuery(instanceId, ''), refetchInterval }).data?.items
  if (!instance || !visible || (visible.hasMore && !others) || !credentials || !repositories) return null
  const mayManage = instance.access === 'MANAGE'
  const namespaces = [...visible.items, ...(others?.items ?? [])]
  const ofPushers = namespaces.filter(({ access }) => access === 'PUSH' || access === 'MANAGE')
  if (!mayManage && ofPushers.length === 0 && repositories.length === 0) return null

  const automatic = ofPushers.find(({ autoCreateRepository }) => autoCreateRepository)
  const [repository] = repositories
  const path =
    repository !== undefined
      ? `${repository.namespace}/${repository.name}`
      : automatic && `${automatic.name}/${firstRepository}`
  const isDone = [namespaces.length > 0, isPushed || credentials.passwordLastUsedAt !== null, isPushed] as const
  const [ofNamespace, ofLogIn, ofPush] = statesOf(isDone)
  const namespace = namespaces.find(({ name }) => name === path?.split('/')[0]) ?? namespaces[0]

  return (
    <Section
      title={t('firstPush.title')}
      aside={
        <span className="muted" role="status">
          {isPushed ? t('firstPush.allDone') : t('firstPush.progress', { count: isDone.filter(Boolean).length })}
        </span>
      }
    >
      <ol className="live">
        <LiveStep state={ofNamespace} title={t('namespaces.create')} help={<NamespaceHelp namespace={namespace} />}>
          {namespace ? (
            <p className="live-fact">
              <Link href={repositoriesHref(region, instanceId, namespace.name)}>{namespace.name}</Link>{' '}
              <span className="muted">
                {namespace.autoCreateRepository ? t('firstPush.automatic') : t('firstPush.byHand')}
              </span>
            </p>
          ) : (
            <p>
              <Button variant="primary" icon="plus" onClick={() => setDialog('namespace')}>
                {t('namespaces.create')}
              </Button>
            </p>
          )}
        </LiveStep>
        <LiveStep
          state={ofLogIn}
          title={t('guide.logIn')}
          help={<LogInHelp state={ofLogIn} credentials={credentials} isPushed={isPushed} />}
        >
          {credentials.passwordSetAt === null && !isPushed && (
            <p>
              <Button
                variant={ofLogIn === 'running' ? 'primary' : 'plain'}
                icon="key"
                onClick={() => setDialog('password')}
              >
                {t('credentials.setPassword')}
              </Button>
            </p>
          )}
          <CodeBlock
            label={t('guide.copyLogIn')}
            lines={[
              [
                'docker login --username=',
                { variable: `${instance.userNamePrefix}${credentials.userName}` },
                ` ${instance.registryHost}`,
              ],
            ]}
          />
          <p>
            {t.rich('firstPush.logInHelp', {
              link: (chunks) => <Link href={credentialsHref(region, instanceId)}>{chunks}</Link>,
            })}
          </p>
        </LiveStep>
        <LiveStep
          state={ofPush}
          title={t('guide.push')}
          help={<p>{isPushed ? t('firstPush.pushed') : t('firstPush.pushHelp')}</p>}
        >
          {isPushed ? (
            <p>
              <Link href={repositoriesHref(region, instanceId)}>{t('firstPush.viewRepositories')}</Link>
            </p>
          ) : path === undefined && namespaces.length > 0 ? (
            <p>
              {t.rich('firstPush.noRepository', {
                link: (chunks) => <Link href={repositoriesHref(region, instanceId)}>{chunks}</Link>,
              })}
            </p>
          ) : (
            <>
              <PushCommand
                address={`${instance.registryAddress}/${path ?? `${t('firstPush.namespace')}/${firstRepository}`}`}
              />
              <p>{t('firstPush.pushNote')}</p>
            </>
          )}
        </LiveStep>
      </ol>
      <Suspense>
        {dialog === 'namespace' && (
          <CreateNamespaceDialog instanceId={instanceId} createsOnPush onClose={() => setDialog(null)} />
        )}
        {dialog === 'password' && (
          <SetPasswordDialog instanceId={instanceId} userName={credentials.userName} onClose={() => setDialog(null)} />
        )}
      </Suspense>
    </Section>
  )
}

/** The first step that is not done runs; those after it wait. */
function statesOf(isDone: readonly [boolean, boolean, boolean]): [StepState, StepState, StepState] {
  const running = isDone.indexOf(false)
  const [first, second, third] = isDone.map((done, at) => (done ? 'done' : at === running ? 'running' : 'waiting'))
  return [first ?? 'waiting', second ?? 'waiting', third ?? 'waiting']
}

function NamespaceHelp({ namespace }: { namespace: NamespaceView | undefined }) {
  const t = useTranslations()
  if (namespace === undefined) return <p>{t('firstPush.namespaceHelp')}</p>
  return (
    <p>
      {t('firstPush.created')} <Time value={namespace.createdAt} format="relative" />
    </p>
  )
}

interface LogInHelpProps {
  state: StepState
  credentials: CredentialsView
  isPushed: boolean
}

function LogInHelp({ state, credentials: { passwordSetAt, passwordLastUsedAt }, isPushed }: LogInHelpProps) {
  const t = useTranslations()
  return (
    <>
      <p>{state === 'done' ? t('firstPush.loggedIn') : t('firstPush.logInWaiting')}</p>
      {!isPushed && (
        <div className="sub-steps">
          <SubStep isDone={passwordSetAt !== null}>{t('firstPush.passwordSet')}</SubStep>
          <SubStep isDone={passwordLastUsedAt !== null}>{t('firstPush.clientLoggedIn')}</SubStep>
        </div>
      )}
    </>
  )
}
