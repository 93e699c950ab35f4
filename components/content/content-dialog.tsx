'use client'

import { useQuery } from '@tanstack/react-query'
import type { UseQueryOptions } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { Button } from '../ui/button'
import { CopyTextButton } from '../ui/copy-button'
import { Dialog } from '../ui/dialog'
import { failureOf } from '../ui/failure'
import { Segmented } from '../ui/filters'
import { Icon } from '../ui/icon'
import { LoadError, Skeleton } from '../ui/states'
import { useFormat } from '../ui/use-format'
import { readableJson } from './readable-json'

/** Larger texts are downloaded only: a page that shows them does not scroll any more. */
const viewMaxBytes = 2 * 1024 * 1024

interface ContentDialogProps {
  title: string
  subject: string
  sizeBytes: number
  /** How its text is read. */
  query: UseQueryOptions<string, Error, string, string[]>
  /** Where it is downloaded. */
  href: string
  onClose: () => void
}

/** A text that others stored, set out for reading; with what is signed, where it is an envelope. */
export function ContentDialog({ title, subject, sizeBytes, query: options, href, onClose }: ContentDialogProps) {
  const t = useTranslations()
  const format = useFormat()
  const isTooLarge = sizeBytes > viewMaxBytes
  const query = useQuery({ ...options, enabled: !isTooLarge })
  const [view, setView] = useState<'payload' | 'stored'>('payload')
  const readable = useMemo(() => (query.data === undefined ? null : readableJson(query.data)), [query.data])
  const error = failureOf(query)
  const shown = view === 'payload' ? (readable?.payload ?? readable?.text) : readable?.text
  return (
    <Dialog
      wide
      title={title}
      subject={subject}
      confirm={t('common.close')}
      onClose={onClose}
      onSubmit={onClose}
      foot={
        <>
          {shown !== undefined && <CopyTextButton text={shown}>{t('image.copyText')}</CopyTextButton>}
          <a className="button" href={href} download>
            <Icon name="download" />
            {t('image.download')}
          </a>
          <Button type="submit" variant="primary">
            {t('common.close')}
          </Button>
        </>
      }
    >
      {isTooLarge && <p>{t('image.tooLargeToView', { size: format.bytes(sizeBytes) })}</p>}
      {error !== null && <LoadError error={error} onRetry={() => void query.refetch()} />}
      {!isTooLarge && error === null && readable === null && (
        <p role="status" aria-label={t('table.loading', { name: title })}>
          <Skeleton width="xl" />
        </p>
      )}
      {readable !== null && readable.payload !== null && (
        <Segmented
          label={t('image.view')}
          name="content-view"
          value={view}
          options={[
            { value: 'payload', label: t('image.payload') },
            { value: 'stored', label: t('image.asStored') },
          ]}
          onChange={setView}
        />
      )}
      {shown !== undefined && (
        // Focusable, so that the keyboard can scroll it.
        <pre className="content-text" tabIndex={0} role="region" aria-label={title}>
          <code>{shown}</code>
        </pre>
      )}
    </Dialog>
  )
}
