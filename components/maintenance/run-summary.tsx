'use client'

import { useTranslations } from 'next-intl'
import type { Run } from '../queries/maintenance'
import { Section } from '../ui/page'
import { Skeleton } from '../ui/states'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useNowMs } from '../ui/use-now'
import { durationMsOf, nextRunAfter } from './run'
import type { NextRun } from './run'
import { RunState } from './run-state'
import type { Runs } from './use-runs'

/** A number that says what a run did. */
export interface Figure {
  label: string
  /** Undefined while it loads. */
  value: string | undefined
  note: string
  /** It should be 0 and is not. */
  isBad?: boolean
}

/** A setting, and what it means. */
export interface Fact {
  label: string
  value: string
  note: string
}

interface RunSummaryProps {
  title: string
  runs: Pick<Runs<Run>, 'run' | 'readAtMs' | 'hasFailed'>
  figures: readonly Figure[]
  /** The last run that counts for the schedule, or null. */
  lastScheduled: Run | null
  /** Hours between two runs of the schedule; 0: none. */
  intervalHours: number
  fact: Fact
}

/**
 * What the newest run does or did, and when the next one comes. It keeps its place and height while it loads;
 * nothing where it could not be read.
 */
export function RunSummary(props: RunSummaryProps) {
  const { title, figures, lastScheduled, intervalHours, fact } = props
  const { run, readAtMs, hasFailed } = props.runs
  const t = useTranslations()
  const format = useFormat()
  const nowMs = useNowMs()
  const about = run && {
    who: () => <StartedBy run={run} />,
    when: () => <Time value={run.startedAt} format="relative" />,
    duration: format.duration(durationMsOf(run, readAtMs)),
  }
  if (hasFailed) return null
  return (
    <Section
      title={title}
      aside={
        run &&
        about && (
          <p className="flex flex-wrap items-center justify-end gap-x-3">
            <span className="muted hide-sm">
              {run.state === 'RUNNING'
                ? t.rich('maintenance.startedRunning', about)
                : t.rich('maintenance.startedTook', about)}
            </span>
            <RunState run={run} />
          </p>
        )
      }
    >
      {run !== null && (
        <dl className="figures">
          {figures.map(({ label, value, note, isBad }) => (
            <div key={label} className="figure">
              <dt>{label}</dt>
              <dd className={isBad ? 'value text-danger-ink' : 'value'}>{value ?? <Skeleton width="md" />}</dd>
              <dd className="note">{value === undefined ? <Skeleton width="lg" /> : note}</dd>
            </div>
          ))}
        </dl>
      )}
      <dl className="facts">
        <div>
          <dt>{t('maintenance.nextRun')}</dt>
          <dd>
            {run === undefined ? (
              <Skeleton width="xl" />
            ) : (
              <NextRunTime next={nextRunAfter(lastScheduled, intervalHours, nowMs)} />
            )}
            {intervalHours > 0 && (
              <span className="muted">{t('maintenance.every', { interval: format.hours(intervalHours) })}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{fact.label}</dt>
          <dd>
            {fact.value}
            <span className="muted">{fact.note}</span>
          </dd>
        </div>
      </dl>
    </Section>
  )
}

/** Who started a run; the schedule is nobody's name. */
export function StartedBy({ run }: { run: Run }) {
  const t = useTranslations()
  return run.startedBy === 'schedule' ? t('maintenance.bySchedule') : run.startedBy
}

/** When the schedule starts the next run. */
function NextRunTime({ next }: { next: NextRun }) {
  const t = useTranslations()
  switch (next.kind) {
    case 'at':
      return <Time value={next.time} format="minute" />
    case 'never':
      return t('maintenance.whenAsked')
    case 'retry':
      return t('maintenance.retry')
    case 'soon':
      return t('maintenance.soon')
  }
}
