'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { Versioned } from '@/lib/api/client/api'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import type { RepositoryView, UpdateRepositoryBody } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { immutabilityQuery } from '../queries/immutability'
import { namespaceQuery } from '../queries/namespaces'
import { repositoryQuery } from '../queries/repositories'
import { useUpdateRepository } from '../queries/repository-changes'
import { instanceHref, namespacesHref } from '../routes'
import { ApiCall } from '../ui/api-call'
import { Button, TextButton } from '../ui/button'
import { ConflictButtons, EditConflict } from '../ui/edit-conflict'
import { Fact } from '../ui/fact'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { Refused } from '../ui/refused'
import { Skeleton } from '../ui/states'
import { useEdit, withBody } from '../ui/use-edit'
import { useFormat } from '../ui/use-format'
import { useKeptFields } from '../ui/use-kept-fields'
import { ImmutabilityStatus } from './immutability-status'
import { ExemptTagsField, ModeChoices } from './policy-fields'
import { PolicyPreview } from './policy-preview'
import { policyChange, policySettingsOf } from './policy-settings'
import type { PolicySettings } from './policy-settings'
import { usePolicyFields } from './use-policy-fields'
import { RepositoryChanged } from './repository-changed'

interface PolicyCardProps {
  region: RegionId
  current: Versioned<RepositoryView>
  instance: InstanceView
}

interface Settings extends PolicySettings {
  /** Whether the policy is the default that new repositories of the namespace get, and not its own. */
  isDefault: boolean
}

function settingsOf(repository: RepositoryView): Settings {
  return { ...policySettingsOf(repository), isDefault: repository.immutability.source !== 'repository' }
}

function bodyOf({ isDefault, ...policy }: Partial<Settings>): UpdateRepositoryBody {
  return { immutability: isDefault === true ? null : policyChange(policy) }
}

/** The policy of a repository, to change; what it would do is said before it is confirmed. */
export function PolicyCard({ region, current, instance }: PolicyCardProps) {
  const queryClient = useQueryClient()
  const { instanceId, namespace, name, namespaceId } = current.data
  const { queryKey } = repositoryQuery(instanceId, namespace, name)
  const { refetch } = useQuery(repositoryQuery(instanceId, namespace, name))
  const owner = useQuery(namespaceQuery(namespaceId)).data?.data
  // What is being changed stays as it was when the change began, also while the page reads the repository again.
  const [opened, setOpened] = useState({ ...current, round: 0 })

  function startOver() {
    const latest = queryClient.getQueryData<Versioned<RepositoryView>>(queryKey) ?? current
    setOpened(({ round }) => ({ ...latest, round: round + 1 }))
  }

  return (
    <PolicyForm
      key={opened.round}
      region={region}
      instance={instance}
      owner={owner}
      opened={opened}
      current={current}
      reload={refetch}
      onClose={startOver}
    />
  )
}

interface PolicyFormProps extends PolicyCardProps {
  /** Undefined while it loads. */
  owner: NamespaceView | undefined
  opened: Versioned<RepositoryView>
  reload: () => Promise<{ data: Versioned<RepositoryView> | undefined }>
  /** Starts over from what is stored. */
  onClose: () => void
}

function PolicyForm({ region, instance, owner, opened, current, reload, onClose }: PolicyFormProps) {
  const t = useTranslations()
  const [isShown, setIsShown] = useState(false)
  const path = `${opened.data.namespace}/${opened.data.name}`
  const update = useUpdateRepository(opened.data.id)
  const edit = useEdit({
    dialog: { opened, current, reload, onClose },
    settingsOf,
    update: withBody(update, bodyOf),
    saved: () => ({ title: t('immutability.saved', { path }), body: t('immutability.savedNext') }),
  })
  const { values, theirs, isChanged } = edit
  const kept = useKeptFields(edit)
  const stored = settingsOf(edit.base)
  const { policy, preview, ...fields } = usePolicyFields(edit, set)

  // Somebody else changed the repository, and nothing is being changed here: there is no conflict.
  const isOutdated = current.etag !== opened.etag && !isChanged && theirs === null && !edit.busy
  useEffect(() => {
    if (isOutdated) onClose()
  }, [isOutdated, onClose])

  function set(change: Partial<Pick<Settings, 'mode' | 'exemptTags'>>) {
    const next = { ...values, ...change }
    const isAsStored = next.mode === stored.mode && next.exemptTags === stored.exemptTags
    edit.set({ ...change, isDefault: isAsStored && stored.isDefault })
  }

  const modeWord = (mode: Settings['mode']) => t(`immutability.modes.${mode}`)
  const labels: Record<keyof Settings, string> = {
    mode: t('repositories.immutability'),
    exemptTags: t('immutability.exemptTags'),
    isDefault: t('immutability.source'),
  }

  return (
    <Section
      title={t('immutability.policy')}
      aside={
        <span className="source">
          <span>{sourceText()}</span>
          {!values.isDefault && owner && (
            <TextButton
              onClick={() => {
                const { mode, exemptTags } = owner.defaultImmutability
                edit.set({ mode, exemptTags: exemptTags.join(' '), isDefault: true })
              }}
            >
              {owner.defaultImmutability.source === 'namespace'
                ? t('immutability.useNamespaces')
                : t('immutability.useInstances')}
            </TextButton>
          )}
        </span>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (fields.isWrong || (!isChanged && theirs === null)) return
          kept.leave()
          edit.save()
        }}
      >
        <Refused error={edit.error} className="stack-fields">
          <EditConflict edit={edit} labels={labels} word={word}>
            <RepositoryChanged theirs={theirs} />
          </EditConflict>
          {/* Kept while it is decided, with what was typed. */}
          <div {...kept.props}>
            <ModeChoices legend={t('repositories.immutability')} {...fields.ofMode}>
              {owner ? (
                <p className="source">
                  {t.rich('immutability.defaults', {
                    namespace: owner.name,
                    namespaceMode:
                      owner.defaultImmutability.source === 'namespace'
                        ? modeWord(owner.defaultImmutability.mode)
                        : t('immutability.asInstance'),
                    instance: instance.name,
                    instanceMode: modeWord(instance.defaultImmutability.mode),
                    toNamespace: (chunks) => <Link href={namespacesHref(region, instance.id)}>{chunks}</Link>,
                    toInstance: (chunks) => <Link href={instanceHref(region, instance.id)}>{chunks}</Link>,
                  })}
                </p>
              ) : (
                <p className="source">
                  <Skeleton width="xl" />
                </p>
              )}
            </ModeChoices>
            <ExemptTagsField {...fields.ofExemptTags} />
            <PolicyPreview
              {...fields.ofPreview}
              aside={
                preview.data && (
                  <span className="muted">{t('immutability.lookedAt', { count: preview.data.tagCount })}</span>
                )
              }
            />
          </div>
          {isShown && (
            <ApiCall
              request={edit.plan?.() ?? update.plan({ body: wholePolicy(), etag: opened.etag })}
              name={undefined}
            />
          )}
        </Refused>
        <footer className="section-foot">
          <TextButton aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
            {isShown ? t('apiCall.hide') : t('apiCall.show')}
          </TextButton>
          {theirs ? (
            <ConflictButtons edit={edit} onCancel={kept.goBack} />
          ) : (
            <>
              <Button disabled={!isChanged} onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" variant="primary" disabled={!isChanged} busy={edit.busy}>
                {t('common.confirm')}
              </Button>
            </>
          )}
        </footer>
      </form>
    </Section>
  )

  /** What is stored, while nothing is changed. */
  function wholePolicy(): UpdateRepositoryBody {
    return { immutability: values.isDefault ? null : policy }
  }

  function sourceText(): string {
    if (!values.isDefault) return t('immutability.ownPolicy')
    const source = stored.isDefault ? edit.base.immutability.source : owner?.defaultImmutability.source
    return source === 'namespace' ? t('immutability.fromNamespace') : t('immutability.fromInstance')
  }

  function word(name: keyof Settings, value: string | boolean): string {
    if (typeof value === 'boolean') return value ? t('immutability.sourceDefault') : t('immutability.sourceOwn')
    return name === 'mode' ? modeWord(value as Settings['mode']) : value
  }
}

/** The policy of a repository for somebody who may not change it. */
export function PolicyFacts({ repository }: { repository: RepositoryView }) {
  const t = useTranslations()
  const format = useFormat()
  const { data } = useQuery(immutabilityQuery(repository.id))
  const { mode, exemptTags } = repository.immutability
  return (
    <Section title={t('immutability.policy')}>
      <dl className="facts">
        <Fact label={t('repositories.immutability')}>
          <ImmutabilityStatus mode={mode} plain />
          <span className="muted">{t(`immutability.modeHelp.${mode}`)}</span>
        </Fact>
        <Fact label={t('immutability.protectedTags')}>
          {data ? format.number(data.protectedTagCount) : <Skeleton width="sm" />}
        </Fact>
        <Fact label={t('immutability.exemptTags')} full>
          {exemptTags.length === 0 ? (
            <span className="muted">{t('common.none')}</span>
          ) : (
            exemptTags.map((pattern) => <code key={pattern}>{pattern}</code>)
          )}
        </Fact>
      </dl>
    </Section>
  )
}

/** About as tall as the card to come. */
export function PolicyCardSkeleton() {
  const t = useTranslations()
  return (
    <Section title={t('immutability.policy')}>
      <div className="stack-fields" role="status" aria-label={t('table.loading', { name: t('immutability.policy') })}>
        {Array.from({ length: 6 }, (_, row) => (
          <Skeleton key={row} width="xl" />
        ))}
      </div>
    </Section>
  )
}
