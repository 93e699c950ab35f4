'use client'

import { useTranslations } from 'next-intl'
import { useStartScrub } from '../queries/maintenance'
import type { Scrub } from '../queries/maintenance'
import { Dialog } from '../ui/dialog'
import { useAction } from '../ui/use-action'
import { useFormat } from '../ui/use-format'

interface RunScrubDialogProps {
  /** The last one that read everything, or null. */
  last: Scrub | null
  onClose: () => void
}

/** Says what a scrub does, and starts one. */
export function RunScrubDialog({ last, onClose }: RunScrubDialogProps) {
  const t = useTranslations()
  const format = useFormat()
  const start = useStartScrub()
  const { run, close } = useAction(start, onClose)
  return (
    <Dialog
      title={t('scrub.run')}
      confirm={t('maintenance.runNow')}
      error={start.error}
      busy={start.isPending}
      onClose={close}
      plan={() => start.plan()}
      onSubmit={() => run(undefined, { done: () => null })}
    >
      <p>{t('scrub.runConsequence')}</p>
      {last && <p>{t('scrub.runPreview', { size: format.bytes(last.examinedBytes) })}</p>}
    </Dialog>
  )
}
