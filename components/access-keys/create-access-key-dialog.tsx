'use client'

import { useTranslations } from 'next-intl'
import { useCreateAccessKey } from '../queries/access-keys'
import { SecretDialog } from '../connect/secret-dialog'
import { CodeBlock } from '../ui/code-block'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { useOrigin } from '../ui/use-origin'

/** Makes an access key, then shows its secret. */
export function CreateAccessKeyDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations()
  const create = useCreateAccessKey()
  const { run, close } = useAction(create, onClose)
  const origin = useOrigin()
  if (create.data) {
    const { id, secret } = create.data
    return (
      <SecretDialog
        title={t('accessKeys.made', { id })}
        name={{ label: t('accessKeys.id'), value: id }}
        secret={{ label: t('accessKeys.secret'), value: secret }}
        more={{ label: t('sdk.endpoint'), value: new URL(origin).host }}
        connect={null}
        onClose={onClose}
      >
        <div className="field">
          <p>{t('sdk.setKey')}</p>
          <CodeBlock
            label={t('sdk.copySetKey')}
            lines={[[`export ALIBABA_CLOUD_ACCESS_KEY_ID=${id}`], [`export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${secret}`]]}
          />
        </div>
      </SecretDialog>
    )
  }
  return (
    <Dialog
      title={t('accessKeys.create')}
      confirm={t('common.confirm')}
      error={create.error}
      busy={create.isPending}
      onClose={close}
      plan={() => create.plan()}
      onSubmit={() => run()}
    >
      <p>{t('accessKeys.createConsequence')}</p>
    </Dialog>
  )
}
