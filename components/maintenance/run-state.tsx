import { useTranslations } from 'next-intl'
import type { Run } from '../queries/maintenance'
import { Status } from '../ui/status'

/** Whether a run goes on, and else how it ended. */
export function RunState({ run }: { run: Run }) {
  const t = useTranslations()
  switch (run.state) {
    case 'RUNNING':
      return (
        <Status icon="starting" tone="busy">
          {t('maintenance.running')}
        </Status>
      )
    case 'SUCCEEDED':
      return (
        <Status icon="ok" tone="ok">
          {t('maintenance.succeeded')}
        </Status>
      )
    case 'FAILED':
      return (
        <Status icon="failed" tone="danger">
          {t('maintenance.failed')}
        </Status>
      )
  }
}
