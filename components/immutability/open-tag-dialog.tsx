'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { z } from 'zod'
import { isApiError } from '@/lib/api/client/api-error'
import { openTagBody } from '@/lib/api/schemas/immutability'
import { formatDateTime } from '@/lib/i18n/format'
import { useOpenTag } from '../queries/openings'
import { Dialog } from '../ui/dialog'
import { SelectField, TextField } from '../ui/field'
import { Icon } from '../ui/icon'
import { useFormat } from '../ui/use-format'
import { focusField, useForm } from '../ui/use-form'
import { useNowMs } from '../ui/use-now'

interface OpenTagDialogProps {
  repositoryId: string
  /** `<namespace>/<name>`. */
  path: string
  /** Null: the person names it. */
  tag: string | null
  onClose: () => void
}

/** For how long a tag can be opened, in minutes. */
const choices = [15, 60, 240, 1440] as const

const initial: z.input<typeof openTagBody> = { tag: '', minutes: choices[0], reason: '' }

const minuteMs = 60_000

/** Lets a protected tag be overwritten for a time, with a reason. */
export function OpenTagDialog({ repositoryId, path, tag, onClose }: OpenTagDialogProps) {
  const t = useTranslations()
  const locale = useLocale()
  const format = useFormat()
  const nowMs = useNowMs()
  const action = useOpenTag(repositoryId)
  const form = useForm({
    initial: { ...initial, tag: tag ?? '' },
    schema: openTagBody,
    action,
    variables: (body) => body,
    done: (opened) => ({
      title: t('openings.opened', { tag: opened.tag }),
      body: t('openings.openedUntil', { time: formatDateTime(new Date(opened.closesAt), locale) }),
    }),
    onError: (error, dialog) => {
      if (isApiError(error, 'NOT_FOUND')) focusField(dialog, ['tag'])
    },
    onClose,
  })
  // The person sees the repository, so it is the tag that does not exist.
  const isMissing = tag === null && isApiError(action.error, 'NOT_FOUND')
  const { minutes } = form.values
  const until = formatDateTime(new Date(nowMs + minutes * minuteMs), locale)
  return (
    <Dialog
      title={t('openings.openTag')}
      subject={tag === null ? path : `${path}:${tag}`}
      confirm={t('common.confirm')}
      {...form.dialog}
      error={isMissing ? null : action.error}
    >
      {tag === null && (
        <TextField
          label={t('tags.tag')}
          name="tag"
          mono
          maxLength={128}
          required
          spellCheck={false}
          value={form.values.tag}
          onChange={({ target }) => {
            form.forget()
            form.set('tag', target.value)
          }}
          error={isMissing ? t('openings.noSuchTag') : form.isWrong('tag') ? t('openings.tagRule') : undefined}
        />
      )}
      <SelectField
        label={t('openings.for')}
        name="minutes"
        value={minutes}
        onChange={({ target }) => form.set('minutes', Number(target.value))}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice < 60 ? t('openings.minutes', { count: choice }) : format.hours(choice / 60)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('openings.reason')}
        name="reason"
        maxLength={500}
        required
        help={t('openings.reasonHelp')}
        value={form.values.reason}
        onChange={({ target }) => form.set('reason', target.value)}
        error={form.isWrong('reason') ? t('openings.reasonMissing') : undefined}
      />
      <div className="preview preview--whole" role="status">
        <div className="preview-head">
          <h3>{t('openings.whenConfirmed')}</h3>
        </div>
        <ul>
          <li className="is-warn">
            <Icon name="unlock" />
            <div>
              <p>
                {t.rich('openings.canBeOverwritten', {
                  tag: form.values.tag === '' ? t('openings.theTag') : form.values.tag,
                  time: until,
                  code: (chunks) => <code>{chunks}</code>,
                  strong: (chunks) => <strong>{chunks}</strong>,
                })}
              </p>
              <small>{t('openings.byWhom', { path })}</small>
            </div>
          </li>
          <li className="is-lock">
            <Icon name="lock" />
            <p>{t('openings.closesItself')}</p>
          </li>
        </ul>
      </div>
    </Dialog>
  )
}
