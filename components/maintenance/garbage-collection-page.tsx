'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { garbageCollectionsQuery, useStartGarbageCollection } from '../queries/maintenance'
import type { GarbageCollection } from '../queries/maintenance'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { PageHead } from '../ui/page'
import type { Column } from '../ui/table'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'
import { useFormat } from '../ui/use-format'
import { ResultCell, RunList } from './run-list'
import { RunSummary } from './run-summary'
import { useFailureText } from './use-failure-text'
import { useFreedText } from './use-freed-text'
import { useRunEnd } from './use-run-end'
import { useRuns } from './use-runs'

const RunGarbageCollectionDialog = lazyComponent(
  () => import('./run-garbage-collection-dialog'),
  'RunGarbageCollectionDialog',
)

interface GarbageCollectionPageProps {
  /** Hours between two runs of the schedule; 0: none. */
  intervalHours: number
  /** How long what nothing refers to stays, in hours. */
  graceHours: number
}

/** Garbage collection: what it did, what it does now, and the buttons to start it. */
export function GarbageCollectionPage({ intervalHours, graceHours }: GarbageCollectionPageProps) {
  const t = useTranslations()
  const format = useFormat()
  const toast = useToast()
  const failureText = useFailureText()
  const errorToast = useErrorToast()
  const freed = useFreedText()
  const [isDialogOpen, setDialogOpen] = useState(false)
  const runs = useRuns(garbageCollectionsQuery)
  const { run } = runs
  const dryRun = useStartGarbageCollection()
  const lastReal = runs.newest?.find(({ isDryRun }) => !isDryRun) ?? null
  const running = run?.state === 'RUNNING' ? run : null

  useRunEnd(runs.newest, (ended) => {
    if (ended.failure === null) toast({ title: freed.result(ended), body: freed.parts(ended) })
    else toast({ kind: 'danger', title: t('garbageCollection.failed'), body: failureText(ended.failure) })
  })

  function title() {
    if (running) return running.isDryRun ? t('garbageCollection.dryRunRunning') : t('maintenance.runningNow')
    if (run === null) return t('maintenance.schedule')
    return run?.isDryRun ? t('garbageCollection.lastDryRun') : t('maintenance.lastRun')
  }

  const columns: Column<GarbageCollection>[] = [
    {
      key: 'result',
      header: t('maintenance.result'),
      skeleton: 'lg',
      cell: (one) => (
        <ResultCell run={one} failure={failureText} soFar={freed.result(one)}>
          {freed.result(one)}
        </ResultCell>
      ),
    },
    {
      key: 'manifests',
      header: t('garbageCollection.manifests'),
      kind: 'number',
      gives: 1,
      skeleton: 'sm',
      cell: (one) => format.number(one.removedManifests),
    },
    {
      key: 'blobs',
      header: t('garbageCollection.blobs'),
      kind: 'number',
      skeleton: 'sm',
      cell: (one) => format.number(one.removedBlobs),
    },
    {
      key: 'links',
      header: t('garbageCollection.links'),
      kind: 'number',
      gives: 0,
      skeleton: 'sm',
      cell: (one) => format.number(one.removedLinks),
    },
    {
      key: 'uploads',
      header: t('garbageCollection.uploads'),
      kind: 'number',
      gives: 1,
      skeleton: 'sm',
      cell: (one) => format.number(one.removedUploads),
    },
    {
      key: 'grace',
      header: t('garbageCollection.grace'),
      kind: 'number',
      gives: 0,
      skeleton: 'sm',
      cell: (one) => format.duration(one.graceSeconds * 1000),
    },
  ]

  return (
    <>
      <PageHead
        crumbs={[
          { label: t('frame.product') },
          { label: t('maintenance.title') },
          { label: t('garbageCollection.title') },
        ]}
        title={t('garbageCollection.title')}
        buttons={
          <>
            <Button
              icon="dryrun"
              busy={dryRun.isPending || running?.isDryRun === true}
              disabled={running !== null && !running.isDryRun}
              onClick={() => dryRun.mutate({ isDryRun: true }, { onError: errorToast })}
            >
              {t('garbageCollection.dryRun')}
            </Button>
            <Button
              variant="primary"
              icon="play"
              busy={running !== null && !running.isDryRun}
              disabled={running?.isDryRun === true}
              onClick={() => setDialogOpen(true)}
            >
              {t('maintenance.runNow')}
            </Button>
          </>
        }
      />
      <p className="lead">{t('garbageCollection.lead')}</p>
      {run?.failure && (
        <Banner tone="danger" icon="warn">
          <p>
            {t.rich('garbageCollection.failedBanner', {
              strong: (text) => <strong>{text}</strong>,
              failure: failureText(run.failure),
            })}
          </p>
        </Banner>
      )}
      <RunSummary
        title={title()}
        runs={runs}
        figures={[
          {
            label: run?.isDryRun ? t('garbageCollection.wouldFree') : t('garbageCollection.freed'),
            value: run ? format.bytes(run.removedBytes) : undefined,
            note: t('garbageCollection.ofBytes', { size: format.bytes(run?.examinedBytes ?? 0) }),
          },
          {
            label: t('garbageCollection.blobs'),
            value: run ? format.number(run.removedBlobs) : undefined,
            note: t('garbageCollection.ofBlobs', { count: run?.examinedBlobs ?? 0 }),
          },
          {
            label: t('garbageCollection.manifests'),
            value: run ? format.number(run.removedManifests) : undefined,
            note: t('garbageCollection.manifestsNote'),
          },
          {
            label: t('garbageCollection.uploads'),
            value: run ? format.number(run.removedUploads) : undefined,
            note: t('garbageCollection.uploadsNote'),
          },
        ]}
        lastScheduled={lastReal}
        intervalHours={intervalHours}
        fact={{
          label: t('garbageCollection.grace'),
          value: format.hours(graceHours),
          note: t('garbageCollection.graceNote'),
        }}
      />
      <RunList
        runs={runs}
        columns={columns}
        markOf={({ isDryRun }) => (isDryRun ? t('garbageCollection.dryRun') : null)}
        empty={{ title: t('garbageCollection.empty'), help: t('garbageCollection.emptyHelp') }}
      />
      <Suspense>
        {isDialogOpen && (
          <RunGarbageCollectionDialog
            graceHours={graceHours}
            dryRun={run?.isDryRun && run.state === 'SUCCEEDED' ? run : null}
            onClose={() => setDialogOpen(false)}
          />
        )}
      </Suspense>
    </>
  )
}
