'use client'

import { useTranslations } from 'next-intl'
import { z } from 'zod'
import { useStartGarbageCollection } from '../queries/maintenance'
import type { GarbageCollection } from '../queries/maintenance'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/field'
import { Time } from '../ui/time'
import { useForm } from '../ui/use-form'
import { useFormat } from '../ui/use-format'
import { PlannedManifests } from './planned-manifests'
import { useFreedText } from './use-freed-text'

/** A year. */
const graceHoursMax = 8760

/** It is typed in hours. */
const schema = z.object({
  graceSeconds: z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((hours) => hours <= graceHoursMax)
    .transform((hours) => hours * 3600),
})

interface RunGarbageCollectionDialogProps {
  /** The setting, in hours. */
  graceHours: number
  /** The dry run that came last, if no run has come since. */
  dryRun: GarbageCollection | null
  onClose: () => void
}

/** Says what a garbage collection removes and what it spares, and starts one. */
export function RunGarbageCollectionDialog({ graceHours, dryRun, onClose }: RunGarbageCollectionDialogProps) {
  const t = useTranslations()
  const format = useFormat()
  const freed = useFreedText()
  const start = useStartGarbageCollection()
  const form = useForm({
    initial: { graceSeconds: String(graceHours) },
    schema,
    action: start,
    variables: (body) => body,
    // That it has started is seen on the page.
    done: () => null,
    onClose,
  })
  const isWithoutGrace = schema.safeParse(form.values).data?.graceSeconds === 0

  return (
    <Dialog title={t('garbageCollection.run')} confirm={t('maintenance.runNow')} {...form.dialog}>
      <p>{t('garbageCollection.runConsequence')}</p>
      {dryRun && (
        <Banner icon="info">
          <p>
            {t.rich('garbageCollection.runPreview', {
              strong: (text) => <strong>{text}</strong>,
              when: () => <Time value={dryRun.startedAt} format="relative" />,
              size: format.bytes(dryRun.removedBytes),
              parts: freed.parts(dryRun),
              grace: format.duration(dryRun.graceSeconds * 1000),
            })}
          </p>
          {dryRun.removedManifests > 0 && <PlannedManifests runId={dryRun.id} />}
        </Banner>
      )}
      <TextField
        label={t('garbageCollection.graceField')}
        name="graceSeconds"
        inputMode="numeric"
        maxLength={4}
        required
        help={t('garbageCollection.graceHelp', { setting: format.hours(graceHours) })}
        error={form.isWrong('graceSeconds') ? t('garbageCollection.graceRule') : undefined}
        value={form.values.graceSeconds}
        onChange={(event) => form.set('graceSeconds', event.target.value)}
      />
      <div role="status">
        {isWithoutGrace && (
          <Banner tone="warn" icon="warn">
            <p>{t('garbageCollection.withoutGrace')}</p>
          </Banner>
        )}
      </div>
    </Dialog>
  )
}
