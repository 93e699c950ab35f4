'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { NamespaceView } from '@/lib/api/schemas/namespaces'
import { createRepositoryBody } from '@/lib/api/schemas/repositories'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { allNamespacesQuery } from '../queries/namespaces'
import { useCreateRepository } from '../queries/repositories'
import { namespacesHref, repositoryHref } from '../routes'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { SelectField } from '../ui/field'
import { FormError } from '../ui/form-error'
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
  const query = useQuery(allNamespacesQuery(instanceId))
  const namespaces = query.data?.filter(({ access }) => access === 'MANAGE')
  if (!namespaces) return <LoadingDialog title={t('repositories.create')} query={query} onClose={onClose} />
  const [first] = namespaces
  if (!first) {
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
  const initial = namespaces.find(({ name }) => name === props.namespace) ?? first
  return <CreateForm {...props} namespaces={namespaces} initial={initial} />
}

interface CreateFormProps extends CreateRepositoryDialogProps {
  namespaces: readonly NamespaceView[]
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

function CreateForm({ region, instanceId, namespaces, initial, onClose }: CreateFormProps) {
  const t = useTranslations()
  const create = useCreateRepository(instanceId)
  const values: Values = { ...valuesIn(initial), name: '', summary: '', description: '' }
  const form = useForm({
    initial: values,
    schema: createRepositoryBody,
    action: create,
    // What was left as it is takes the default of the namespace, whose mode may be one that the check box cannot say.
    variables: ({ tagImmutability, ...body }) => {
      const byDefault = namespaces.find(({ name }) => name === body.namespace)?.defaultTagImmutability
      return tagImmutability === byDefault ? body : { ...body, tagImmutability }
    },
    done: (made) => ({
      title: t('repositories.made', { path: `${made.namespace}/${made.name}` }),
      body: <Link href={repositoryHref(region, made, 'details')}>{t('repositories.madeNext')}</Link>,
    }),
    onClose,
  })
  const byDefault = namespaces.find(({ name }) => name === form.values.namespace)?.defaultImmutability

  function defaultText({ mode, exemptTags, source }: NamespaceView['defaultImmutability']): string {
    const texts = {
      mode: t(`immutability.modes.${mode}`),
      exemptTags: exemptTags.length === 0 ? t('common.none') : exemptTags.join(t('immutability.listComma')),
    }
    return source === 'namespace' ? t('immutability.namespaceDefault', texts) : t('immutability.instanceDefault', texts)
  }

  return (
    <Dialog title={t('repositories.create')} confirm={t('common.confirm')} {...form.dialog}>
      {!form.isTaken && <FormError error={create.error} />}
      <SelectField
        label={t('repositories.namespace')}
        name="namespace"
        value={form.values.namespace}
        onChange={(event) => {
          form.forget()
          const chosen = namespaces.find(({ name }) => name === event.target.value)
          if (chosen) form.change(valuesIn(chosen))
        }}
      >
        {namespaces.map(({ id, name }) => (
          <option key={id}>{name}</option>
        ))}
      </SelectField>
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
        {byDefault && <p className="source">{defaultText(byDefault)}</p>}
      </ImmutableChoice>
      <RepositoryTexts summary={form.values.summary} description={form.values.description} onChange={form.set} />
    </Dialog>
  )
}
