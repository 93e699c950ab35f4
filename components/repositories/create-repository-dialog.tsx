'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { createRepositoryBody } from '@/lib/api/schemas/repositories'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { NamespaceField } from '../instances/namespace-field'
import { managedNamespacesQuery, namespaceOption } from '../queries/offered-namespaces'
import { useCreateRepository } from '../queries/repository-changes'
import { namespacesHref, repositoryHref } from '../routes'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { Link } from '../ui/link'
import { LoadingDialog } from '../ui/loading-dialog'
import { NameField } from '../ui/name-field'
import { NoticeDialog } from '../ui/notice-dialog'
import { useForm } from '../ui/use-form'
import { ImmutableChoice, RepositoryTexts, TypeChoices } from './repository-fields'

interface CreateRepositoryDialogProps {
  region: RegionId
  instanceId: string
  /** Name of the namespace to begin with; empty for the first. */
  namespace: string
  onClose: () => void
}

/** Makes a repository in one of the instance's namespaces that the person manages. */
export function CreateRepositoryDialog(props: CreateRepositoryDialogProps) {
  const { region, instanceId, onClose } = props
  const t = useTranslations()
  const all = useQuery(managedNamespacesQuery(instanceId, ''))
  const ofName = useQuery({ ...managedNamespacesQuery(instanceId, props.namespace), enabled: props.namespace !== '' })
  const waitsFor = all.data === undefined ? all : props.namespace !== '' && ofName.data === undefined ? ofName : null
  if (waitsFor) return <LoadingDialog title={t('repositories.create')} query={waitsFor} onClose={onClose} />
  const initial = ofName.data?.items.find(({ name }) => name === props.namespace) ?? all.data?.items[0]
  if (!initial) {
    return (
      <NoticeDialog title={t('repositories.create')} onClose={onClose}>
        <Banner icon="info">
          <p>{t('repositories.noNamespacesHelp')}</p>
          <p>
            <Link href={namespacesHref(region, instanceId)}>{t('namespaces.title')}</Link>
          </p>
        </Banner>
      </NoticeDialog>
    )
  }
  return <CreateForm {...props} initial={initial} />
}

interface CreateFormProps extends CreateRepositoryDialogProps {
  initial: NamespaceView
}

type Values = Pick<RepositoryView, 'namespace' | 'name' | 'type' | 'tagImmutability' | 'summary' | 'description'>

/** A repository begins with its namespace's defaults. */
function valuesIn(namespace: NamespaceView) {
  return {
    namespace: namespace.name,
    type: namespace.defaultRepositoryType,
    tagImmutability: namespace.defaultTagImmutability,
  }
}

function CreateForm({ region, instanceId, initial, onClose }: CreateFormProps) {
  const t = useTranslations()
  const create = useCreateRepository(instanceId)
  const [namespace, setNamespace] = useState(initial)
  const values: Values = { ...valuesIn(initial), name: '', summary: '', description: '' }
  const form = useForm({
    initial: values,
    schema: createRepositoryBody,
    action: create,
    // What was left as it is takes the default of the namespace, whose mode may be one that the check box cannot say.
    variables: ({ tagImmutability, ...body }) => {
      return tagImmutability === namespace.defaultTagImmutability ? body : { ...body, tagImmutability }
    },
    done: (made) => ({
      title: t('repositories.made', { path: `${made.namespace}/${made.name}` }),
      body: <Link href={repositoryHref(region, made, 'details')}>{t('repositories.madeNext')}</Link>,
    }),
    onClose,
  })

  function defaultText({ mode, exemptTags, source }: NamespaceView['defaultImmutability']): string {
    const texts = {
      mode: t(`immutability.modes.${mode}`),
      exemptTags: exemptTags.length === 0 ? t('common.none') : exemptTags.join(t('common.listComma')),
    }
    return source === 'namespace' ? t('immutability.namespaceDefault', texts) : t('immutability.instanceDefault', texts)
  }

  return (
    <Dialog title={t('repositories.create')} confirm={t('common.confirm')} {...form.dialog}>
      <NamespaceField
        instanceId={instanceId}
        label={t('repositories.namespace')}
        name="namespace"
        chosen={namespaceOption(namespace)}
        onChoose={(chosen) => {
          form.forget()
          setNamespace(chosen)
          form.change(valuesIn(chosen))
        }}
      />
      <NameField
        form={form}
        label={t('repositories.name')}
        maxLength={253}
        rule={t('repositories.nameRule')}
        taken={t('repositories.nameTaken')}
      />
      <TypeChoices
        legend={t('repositories.type')}
        name="type"
        value={form.values.type}
        onChange={(type) => form.set('type', type)}
      />
      <ImmutableChoice
        legend={t('repositories.immutability')}
        name="tagImmutability"
        checked={form.values.tagImmutability}
        onChange={(checked) => form.set('tagImmutability', checked)}
      >
        <p className="source">{defaultText(namespace.defaultImmutability)}</p>
      </ImmutableChoice>
      <RepositoryTexts summary={form.values.summary} description={form.values.description} onChange={form.set} />
    </Dialog>
  )
}
