import type { MaintenanceRunRow } from '@/lib/metadata/maintenance-runs'

/** A run of garbage collection or of a scrub as its readers see it. */
export type MaintenanceRun = ReturnType<typeof toMaintenanceRun>

/** A run with numbers and times as JSON has them. What its kind does not count is zero. */
export function toMaintenanceRun({ kind: _, ...row }: MaintenanceRunRow) {
  return {
    ...row,
    id: String(row.id),
    graceSeconds: row.graceSeconds ?? 0,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    examinedBytes: Number(row.examinedBytes),
    removedBytes: Number(row.removedBytes),
  }
}
