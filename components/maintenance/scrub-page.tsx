'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { scrubsQuery } from '../queries/maintenance'
import type { Scrub } from '../queries/maintenance'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { PageHead } from '../ui/page'
import { Status } from '../ui/status'
import type { Column } from '../ui/table'
import { useToast } from '../ui/toast'
import { useFormat } from '../ui/use-format'
import { ResultCell, RunList } from './run-list'
import { RunSummary } from './run-summary'
import { useFailureText } from './use-failure-text'
import { useRunEnd } from './use-run-end'
import { useRuns } from './use-runs'

const RunScrubDialog = lazyComponent(() => import('./run-scrub-dialog'), 'RunScrubDialog')

interface ScrubPageProps {
  /** Hours between two runs of the schedule; 0: none. */
  intervalHours: number
  /** How fast those of the schedule read. */
  mibPerSecond: number
}

/** The scrub: what it found, how far it is now, and the button to start it. */
export function ScrubPage({ intervalHours, mibPerSecond }: ScrubPageProps) {
  const t = useTranslations()
  const format = useFormat()
  const toast = useToast()
  const failureText = useFailureText()
  const [isDialogOpen, setDialogOpen] = useState(false)
  const runs = useRuns(scrubsQuery)
  const { run, newest } = runs
  const isRunning = run?.state === 'RUNNING'
  const lastWhole = newest?.find(({ state }) => state === 'SUCCEEDED') ?? null
  // What a run has not found yet it may find still: until it ends, what the one before found stays said.
  const alarming = newest?.find((one) => isCorrupt(one) || one.state === 'SUCCEEDED')
  const found = alarming && isCorrupt(alarming) ? alarming : null

  useRunEnd(newest, (ended) => {
    if (ended.failure !== null) {
      toast({ kind: 'danger', title: t('scrub.failed'), body: failureText(ended.failure) })
    } else if (isCorrupt(ended)) {
      toast({ kind: 'danger', title: t('scrub.foundSome'), body: foundText(ended) })
    } else {
      toast({ title: t('scrub.foundNone'), body: t('scrub.readAll', { size: format.bytes(ended.examinedBytes) }) })
    }
  })

  function foundText({ corruptBlobs, corruptManifests }: Scrub): string {
    return t('scrub.found', { blobs: corruptBlobs, manifests: corruptManifests })
  }

  function title() {
    if (isRunning) return t('maintenance.runningNow')
    return run === null ? t('maintenance.schedule') : t('maintenance.lastRun')
  }

  function result(one: Scrub) {
    if (isCorrupt(one)) {
      return (
        <Status icon="warn" tone="danger">
          {foundText(one)}
        </Status>
      )
    }
    return one.state === 'SUCCEEDED' ? t('scrub.sound') : t('scrub.soundSoFar')
  }

  const columns: Column<Scrub>[] = [
    {
      key: 'result',
      header: t('maintenance.result'),
      skeleton: 'lg',
      cell: (one) => (
        <ResultCell run={one} failure={failureText} soFar={isCorrupt(one) ? foundText(one) : t('scrub.soundSoFar')}>
          {result(one)}
        </ResultCell>
      ),
    },
    {
      key: 'read',
      header: t('scrub.read'),
      kind: 'number',
      skeleton: 'sm',
      cell: (one) => format.bytes(one.examinedBytes),
    },
    {
      key: 'blobs',
      header: t('scrub.blobs'),
      kind: 'number',
      gives: 1,
      skeleton: 'sm',
      cell: (one) => format.number(one.examinedBlobs),
    },
  ]

  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('maintenance.title') }, { label: t('scrub.title') }]}
        title={t('scrub.title')}
        buttons={
          <Button variant="primary" icon="play" busy={isRunning} onClick={() => setDialogOpen(true)}>
            {t('maintenance.runNow')}
          </Button>
        }
      />
      <p className="lead">{t('scrub.lead')}</p>
      {found && (
        <Banner tone="danger" icon="warn">
          <p>
            <strong>{t('scrub.foundBanner', { what: foundText(found) })}</strong>
          </p>
          <p>{t('scrub.heal')}</p>
          <p>{t('scrub.healNext')}</p>
        </Banner>
      )}
      {run?.failure && (
        <Banner tone="danger" icon="warn">
          <p>
            {t.rich('scrub.failedBanner', {
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
            label: t('scrub.read'),
            value: run ? format.bytes(run.examinedBytes) : undefined,
            note:
              isRunning && lastWhole
                ? t('scrub.lastRead', { size: format.bytes(lastWhole.examinedBytes) })
                : t('scrub.readNote'),
          },
          {
            label: t('scrub.blobs'),
            value: run ? format.number(run.examinedBlobs) : undefined,
            note:
              isRunning && lastWhole ? t('scrub.lastBlobs', { count: lastWhole.examinedBlobs }) : t('scrub.blobsNote'),
          },
          {
            label: t('scrub.corruptBlobs'),
            value: run ? format.number(run.corruptBlobs) : undefined,
            note: t('scrub.corruptBlobsNote'),
            isBad: run ? run.corruptBlobs > 0 : false,
          },
          {
            label: t('scrub.corruptManifests'),
            value: run ? format.number(run.corruptManifests) : undefined,
            note: t('scrub.corruptManifestsNote'),
            isBad: run ? run.corruptManifests > 0 : false,
          },
        ]}
        lastScheduled={run ?? null}
        intervalHours={intervalHours}
        fact={{
          label: t('scrub.pace'),
          value: t('scrub.perSecond', { size: format.number(mibPerSecond) }),
          note: t('scrub.paceNote'),
        }}
      />
      <RunList runs={runs} columns={columns} empty={{ title: t('scrub.empty'), help: t('scrub.emptyHelp') }} />
      <Suspense>{isDialogOpen && <RunScrubDialog last={lastWhole} onClose={() => setDialogOpen(false)} />}</Suspense>
    </>
  )
}

function isCorrupt({ corruptBlobs, corruptManifests }: Scrub): boolean {
  return corruptBlobs + corruptManifests > 0
}
