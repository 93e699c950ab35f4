'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { checkImmutabilityBody } from '@/lib/api/schemas/immutability'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RefusalReason } from '@/lib/domain/immutability'
import { useCheckPush } from '../queries/immutability'
import type { PushCheck } from '../queries/immutability'
import { Banner } from '../ui/banner'
import { CodeBlock } from '../ui/code-block'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { useForm } from '../ui/use-form'

interface CheckPushDialogProps {
  repository: RepositoryView
  onClose: () => void
}

const initial: { tag: string; digest: string | undefined } = { tag: '', digest: undefined }

/** Says whether a push of a tag would succeed now, and gives the line with which a pipeline asks the same. */
export function CheckPushDialog({ repository, onClose }: CheckPushDialogProps) {
  const t = useTranslations()
  const check = useCheckPush(repository.id)
  const form = useForm({ initial, schema: checkImmutabilityBody, action: check, variables: (body) => body, onClose })
  const { tag, digest } = form.values

  function change(name: 'tag' | 'digest', text: string) {
    // What was answered was about another push.
    form.forget()
    form.set(name, text === '' && name === 'digest' ? undefined : text)
  }

  return (
    <Dialog
      title={t('immutability.check')}
      subject={`${repository.namespace}/${repository.name}`}
      confirm={t('immutability.checkNow')}
      {...form.dialog}
    >
      <TextField
        label={t('immutability.tag')}
        name="tag"
        mono
        maxLength={128}
        value={tag}
        error={form.isWrong('tag') ? t('immutability.tagRule') : undefined}
        onChange={(event) => change('tag', event.target.value)}
      />
      <TextField
        label={t('immutability.digest')}
        name="digest"
        mono
        help={t('immutability.digestHelp')}
        placeholder="sha256:"
        value={digest ?? ''}
        error={form.isWrong('digest') ? t('immutability.digestRule') : undefined}
        onChange={(event) => change('digest', event.target.value)}
      />
      <div role="status">{check.data && <Answer check={check.data} tag={check.variables.tag} />}</div>
      <div className="field">
        <p>{t('immutability.checkInPipeline')}</p>
        <CodeBlock label={t('immutability.copyCheck')} lines={[checkLine(repository.id, tag, digest)]} />
        <p className="help">{t('immutability.checkInPipelineHelp')}</p>
      </div>
    </Dialog>
  )
}

/** Why a push is refused. */
const reasons = ['TAG_IMMUTABLE', 'TAG_RESERVED', 'TAG_APPEND_ONLY'] as const satisfies readonly RefusalReason[]

function Answer({ check, tag }: { check: PushCheck; tag: string }) {
  const t = useTranslations()
  const { allowed, code, currentDigest } = check
  const name = () => <code>{tag}</code>
  const strong = (chunks: ReactNode) => <strong>{chunks}</strong>
  const reason = reasons.find((one) => one === code)
  return (
    <Banner
      tone={allowed ? (code === undefined ? 'accent' : 'warn') : 'danger'}
      icon={allowed ? (code === undefined ? 'ok' : 'warn') : 'refused'}
    >
      <p>
        {!allowed
          ? t.rich('immutability.wouldRefuse', { name, strong })
          : code === undefined
            ? t.rich('immutability.wouldTake', { name, strong })
            : t.rich('immutability.wouldWarn', { name, strong })}
      </p>
      {reason && <p>{t(`ledger.sentences.${reason}`)}</p>}
      {currentDigest !== undefined && (
        <p className="break-all">
          {code === 'TAG_RESERVED'
            ? t.rich('immutability.reservedFor', { digest: () => <code>{currentDigest}</code> })
            : t.rich('immutability.pointsAt', { digest: () => <code>{currentDigest}</code> })}
        </p>
      )}
    </Banner>
  )
}

/** Ends with an error when the push would be refused. */
function checkLine(repositoryId: string, tag: string, digest: string | undefined) {
  const body = JSON.stringify({ tag: tag === '' ? '$TAG' : tag, ...(digest !== undefined && { digest }) })
  const url = `${window.location.origin}/api/v1/repositories/${repositoryId}/immutability/check`
  return [
    `curl -fsS -u "$KEY_ID:$KEY_SECRET" -H 'Content-Type: application/json' -d "`,
    { variable: body.replaceAll('"', '\\"') },
    `" ${url} | grep -q '"allowed":true'`,
  ]
}
