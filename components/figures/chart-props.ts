import type { Scale } from './chart-scale'

/** What a chart shows of each day. */
export interface Series {
  name: string
  /** Null: it is not known. */
  values: readonly (number | null)[]
}

/** What a chart is drawn from. */
export interface ChartProps {
  /** What it shows, as a sentence. */
  summary: string
  title: string
  kind: 'lines' | 'area' | 'bars'
  /** Days of UTC, the oldest first. */
  days: readonly string[]
  /** The first one is the one that matters. */
  series: readonly Series[]
  scale: Scale
  /** A value in words. */
  format: (value: number) => string
  /** A line of the scale in words; as values if absent. */
  formatLine?: (value: number) => string
}
