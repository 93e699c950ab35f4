'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { ReactNode } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { PeriodSelect, usePeriod } from '../figures/period-select'
import { useUpdateInstance } from '../queries/instance-changes'
import { useInstance } from '../queries/instances'
import { instancesHref, repositoriesHref } from '../routes'
import { AddressSection } from '../instances/address-section'
import { ImmutabilityStatus } from '../immutability/immutability-status'
import { Button } from '../ui/button'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { lazySection } from '../ui/lazy-section'
import { Link } from '../ui/link'
import { PageHead, Section } from '../ui/page'
import { PageError, Skeleton } from '../ui/states'
import { Badge, Status } from '../ui/status'
import { Switch } from '../ui/switch'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'
import { useFormat } from '../ui/use-format'

const StorageCard = lazySection(() => import('../space/storage-card').then((it) => it.StorageCard))

function FiguresRoom() {
  return <div className="figures-room" aria-busy="true" />
}
const OverviewFigures = lazySection(
  () => import('../figures/overview-figures').then((it) => it.OverviewFigures),
  FiguresRoom,
)
const FirstPushSection = lazySection(() => import('../first-push/first-push-section').then((it) => it.FirstPushSection))

const DefaultPolicyDialog = lazyComponent(() => import('../instances/default-policy-dialog'), 'DefaultPolicyDialog')

/** An instance: what it holds, where it answers, and whether anonymous users may pull. */
export function OverviewPage({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const { data, error, refetch, isPlaceholderData } = useInstance(instanceId)
  const instance = data?.data
  // Whether it is empty a list does not know for sure, in which it may have been a moment ago.
  const known = isPlaceholderData && instance?.tagCount === 0 ? undefined : instance
  const name = instance?.name ?? instanceId
  const { days } = usePeriod()
  const isEmpty = useWasEmpty(known)
  return (
    <>
      <PageHead
        crumbs={[
          { label: t('instances.title'), href: instancesHref(region) },
          { label: name },
          { label: t('overview.title') },
        ]}
        title={name}
        badges={
          instance && (
            <>
              <Status icon="ok" tone="ok">
                {t('instances.running')}
              </Status>
              <Badge>{t('instances.edition')}</Badge>
              <Badge>{t(`instances.specifications.${instance.specification}`)}</Badge>
            </>
          )
        }
        buttons={
          <>
            {!isEmpty && instance && instance.access !== null && <PeriodSelect />}
            <Link className="button" href={repositoriesHref(region, instanceId)}>
              {t('repositories.title')}
            </Link>
          </>
        }
      />
      {error && !data ? (
        <PageError error={error} gone={t('instances.gone')} onRetry={refetch} />
      ) : (
        <>
          {isEmpty && known && <FirstPushSection region={region} instance={known} />}
          {!isEmpty && known && known.access !== null ? (
            <OverviewFigures region={region} instance={known} days={days} />
          ) : (
            <Contents instance={known ?? null} />
          )}
          {instance?.access === 'MANAGE' && <StorageCard region={region} instanceId={instanceId} />}
          <AddressSection region={region} instance={instance ?? null} />
          {data && <NewRepositories instance={data.data} />}
          {data && !isPlaceholderData && <Access current={data} />}
        </>
      )}
    </>
  )
}

/** Whether the instance had no tag when its page was opened: its first push stays on the page that waited for it. */
function useWasEmpty(instance: InstanceView | undefined): boolean {
  const [wasEmpty, setWasEmpty] = useState<boolean>()
  if (instance && wasEmpty === undefined) setWasEmpty(instance.tagCount === 0)
  return wasEmpty === true
}

function Contents({ instance }: { instance: InstanceView | null }) {
  const t = useTranslations()
  const format = useFormat()
  return (
    <Section
      title={t('overview.contents')}
      aside={instance?.access === null && <span className="muted">{t('overview.forYou')}</span>}
    >
      <dl className="figures">
        <Figure label={t('namespaces.title')}>{instance && format.number(instance.namespaceCount)}</Figure>
        <Figure label={t('instances.repositories')}>{instance && format.number(instance.repositoryCount)}</Figure>
        <Figure label={t('instances.tags')}>{instance && format.number(instance.tagCount)}</Figure>
        <Figure label={t('instances.storage')}>{instance && format.bytes(instance.storageBytes)}</Figure>
      </dl>
    </Section>
  )
}

/** A number and its word; no child: it loads. */
function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd className="value">{children ?? <Skeleton width="md" />}</dd>
    </div>
  )
}

/** The policy that new repositories get. */
function NewRepositories({ instance }: { instance: InstanceView }) {
  const t = useTranslations()
  const [isEditing, setIsEditing] = useState(false)
  const { mode, exemptTags } = instance.defaultImmutability
  const edit = instance.access === 'MANAGE' && (
    <Button small icon="edit" onClick={() => setIsEditing(true)}>
      {t('common.edit')}
    </Button>
  )
  return (
    <Section title={t('immutability.newRepositories')} aside={edit}>
      <dl className="facts">
        <Fact label={t('namespaces.defaultImmutability')}>
          <ImmutabilityStatus mode={mode} plain />
          <span className="muted">{t(`immutability.modeHelp.${mode}`)}</span>
        </Fact>
        <Fact label={t('immutability.exemptTags')}>
          {exemptTags.length === 0 ? (
            <span className="muted">{t('common.none')}</span>
          ) : (
            exemptTags.map((pattern) => <code key={pattern}>{pattern}</code>)
          )}
        </Fact>
      </dl>
      <Suspense>
        {isEditing && <DefaultPolicyDialog instanceId={instance.id} onClose={() => setIsEditing(false)} />}
      </Suspense>
    </Section>
  )
}

/** ACR's switch for who manages the instance, and that of its transparency log; for others, how they stand. */
function Access({ current }: { current: Versioned<InstanceView> }) {
  const t = useTranslations()
  return (
    <Section title={t('overview.access')}>
      <AccessSwitch
        current={current}
        setting="allowAnonymousPull"
        label={t('overview.anonymous')}
        help={t('overview.anonymousHelp')}
        done={{ on: 'anonymousOn', off: 'anonymousOff' }}
      />
      <AccessSwitch
        current={current}
        setting="isLogPublic"
        label={t('overview.publicLog')}
        help={t('overview.publicLogHelp')}
        done={{ on: 'publicLogOn', off: 'publicLogOff' }}
      />
    </Section>
  )
}

interface AccessSwitchProps {
  current: Versioned<InstanceView>
  setting: 'allowAnonymousPull' | 'isLogPublic'
  label: string
  help: string
  /** What is said when it has been changed. */
  done: Record<'on' | 'off', 'anonymousOn' | 'anonymousOff' | 'publicLogOn' | 'publicLogOff'>
}

function AccessSwitch({ current: { data: instance, etag }, setting, label, help, done }: AccessSwitchProps) {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const update = useUpdateInstance(instance.id)
  if (instance.access !== 'MANAGE') {
    return (
      <dl className="facts">
        <Fact label={label} full>
          {instance[setting] ? t('overview.on') : t('overview.off')}
        </Fact>
      </dl>
    )
  }
  return (
    <Switch
      label={label}
      help={help}
      plan={() => update.plan({ body: { [setting]: !instance[setting] }, etag })}
      name={instance.name}
      checked={update.isPending ? update.variables.body[setting] === true : instance[setting]}
      busy={update.isPending}
      onChange={(isOn) =>
        update.mutate(
          { body: { [setting]: isOn }, etag },
          {
            onSuccess: ({ data }) =>
              toast({ title: t(`overview.${data[setting] ? done.on : done.off}`, { name: data.name }) }),
            onError: errorToast,
          },
        )
      }
    />
  )
}
