'use client'

import { useTranslations } from 'next-intl'
import { type TombstoneView, releaseTagNameBody } from '@/lib/api/schemas/tags'
import { useReleaseName } from '../queries/openings'
import { Dialog } from '../ui/dialog'
import { ReasonField } from '../ui/reason-field'
import { useForm } from '../ui/use-form'

interface ReleaseNameDialogProps {
  repositoryId: string
  /** `<namespace>/<name>`. */
  path: string
  name: TombstoneView
  onClose: () => void
}

/** Gives the reserved name of a deleted tag back, with a reason. */
export function ReleaseNameDialog({ repositoryId, path, name: { tag }, onClose }: ReleaseNameDialogProps) {
  const t = useTranslations()
  const release = useReleaseName(repositoryId)
  const form = useForm({
    initial: { reason: '' },
    schema: releaseTagNameBody,
    action: release,
    variables: ({ reason }) => ({ tag, reason }),
    done: () => ({ title: t('openings.released', { tag }), body: t('openings.releasedBody') }),
    onClose,
  })
  return (
    <Dialog
      title={t('openings.release')}
      subject={`${path}:${tag}`}
      confirm={t('openings.release')}
      danger
      {...form.dialog}
    >
      <p>{t('openings.releaseConsequence')}</p>
      <ReasonField
        label={t('openings.reason')}
        help={t('openings.reasonHelp')}
        required
        value={form.values.reason}
        onChange={(reason) => form.set('reason', reason)}
        error={form.isWrong('reason') ? t('openings.reasonMissing') : undefined}
      />
    </Dialog>
  )
}
