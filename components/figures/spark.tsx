interface SparkProps {
  kind: 'line' | 'bars'
  /** Null: it is not known. */
  values: readonly (number | null)[]
}

const width = 88
const height = 32

/** The course of a figure, beside it: for the eye alone. */
export function Spark({ kind, values }: SparkProps) {
  const known = values.flatMap((value) => (value === null ? [] : [value]))
  const max = Math.max(1, ...known)
  const yOf = (value: number) => Math.round((height - 2 - (value / max) * (height - 4)) * 10) / 10
  const xOf = (index: number, count: number) => Math.round((index / Math.max(1, count - 1)) * width * 10) / 10
  if (known.length < 2) return null
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {kind === 'line' ? (
        <polyline
          className="plot-line plot-1"
          points={known.map((value, index) => `${xOf(index, known.length)},${yOf(value)}`).join(' ')}
        />
      ) : (
        values.map((value, index) => {
          const step = width / values.length
          const top = Math.min(height - 1, yOf(value ?? 0))
          const isNone = (value ?? 0) === 0
          return (
            <rect
              key={index}
              className={isNone ? 'plot-bar is-none' : 'plot-bar'}
              x={index * step + step * 0.25}
              y={top}
              width={step * 0.5}
              height={height - top}
            />
          )
        })
      )}
    </svg>
  )
}
