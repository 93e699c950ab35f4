'use client'

import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { type Scale, drawing, indexAt, namedDays, xOf, yOf } from './chart-scale'
import type { ChartProps, Series } from './chart-props'
import { ChartTable } from './chart-table'
import { useDayFormat } from './use-day-format'

/**
 * Values by day, drawn. The day under the pointer, or chosen with the arrow keys, is read out above; the same values are
 * in a table beneath.
 */
export function Chart({ summary, title, kind, days, series, scale, format, formatLine = format }: ChartProps) {
  const t = useTranslations('figures')
  const commonText = useTranslations('common')
  const dayFormat = useDayFormat()
  const id = useId()
  const [index, setIndex] = useState<number | null>(null)
  const last = days.length - 1
  const shown = index === null ? null : Math.min(index, last)

  function wordsOf(at: number): string {
    const values = series.map(({ name, values }) => {
      const value = values[at] ?? null
      return t('valueOf', { name, value: value === null ? t('unknown') : format(value) })
    })
    return t('dayAndValues', { day: dayFormat.long(days[at] ?? ''), values: values.join(commonText('comma')) })
  }

  function onKeyDown(event: KeyboardEvent) {
    const from = shown ?? last
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, PageUp: from - 7, PageDown: from + 7 }[
      event.key
    ]
    if (event.key === 'Escape') setIndex(null)
    if (to === undefined) return
    event.preventDefault()
    setIndex(Math.max(0, Math.min(last, to)))
  }

  function onPointerMove(event: PointerEvent<HTMLElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    setIndex(indexAt((event.clientX - left) / width, days.length))
  }

  return (
    <>
      <figure className="chart">
        <p className="chart-readout" aria-hidden="true">
          {shown === null ? '' : wordsOf(shown)}
        </p>
        <div className="chart-y" aria-hidden="true">
          {scale.map((value) => (
            <span key={value}>{formatLine(value)}</span>
          ))}
        </div>
        <div
          className="chart-plot"
          role="slider"
          tabIndex={0}
          aria-label={title}
          aria-describedby={`${id}-summary`}
          aria-orientation="horizontal"
          aria-valuemin={1}
          aria-valuemax={days.length}
          aria-valuenow={(shown ?? last) + 1}
          aria-valuetext={wordsOf(shown ?? last)}
          onKeyDown={onKeyDown}
          onFocus={() => setIndex((known) => known ?? last)}
          onBlur={() => setIndex(null)}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setIndex(null)}
        >
          <svg viewBox={`0 0 ${drawing.width} ${drawing.height}`} preserveAspectRatio="none" aria-hidden="true">
            {scale.map((value) => (
              <path key={value} className="plot-grid" d={`M0 ${yOf(value, scale)}H${drawing.width}`} />
            ))}
            {shown !== null && <path className="plot-cursor" d={`M${xOf(shown, days.length)} 0V${drawing.height}`} />}
            {/* The first one on top. */}
            {series
              .map(({ name, values }, at) => <Drawn key={name} kind={kind} at={at} values={values} scale={scale} />)
              .reverse()}
          </svg>
        </div>
        <div className="chart-x" aria-hidden="true">
          {namedDays(days).map((day, at, { length }) => {
            const place = (xOf(days.indexOf(day), days.length) / drawing.width) * 100
            // The outer ones go no further than the drawing.
            const style =
              at === 0 ? { left: 0 } : at === length - 1 ? { right: 0 } : { left: `${place}%`, translate: '-50%' }
            return (
              <span key={day} style={style}>
                {dayFormat.short(day)}
              </span>
            )
          })}
        </div>
        <figcaption id={`${id}-summary`} className="sr-only">
          {summary}
        </figcaption>
      </figure>
      <ChartTable title={title} days={days} series={series} format={format} />
    </>
  )
}

function Drawn({
  kind,
  at,
  values,
  scale,
}: { kind: ChartProps['kind']; at: number; scale: Scale } & Pick<Series, 'values'>) {
  const count = values.length
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ x: xOf(index, count), y: yOf(value, scale) }],
  )
  if (kind === 'bars') {
    const width = Math.min(24, (drawing.width / count) * 0.6)
    return points
      .filter(({ y }) => y < drawing.height)
      .map(({ x, y }) => (
        <rect key={x} className="plot-bar" x={x - width / 2} y={y} width={width} height={drawing.height - y} />
      ))
  }
  const [first] = points
  const end = points.at(-1)
  if (first === undefined || end === undefined) return null
  const line = points.map(({ x, y }) => `${x} ${y}`).join('L')
  return (
    <>
      {kind === 'area' && (
        <path className="plot-area" d={`M${first.x} ${drawing.height}L${line}L${end.x} ${drawing.height}Z`} />
      )}
      {/* One day alone is a dot. */}
      <path className={`plot-line plot-${at + 1}`} d={points.length === 1 ? `M${line}h0` : `M${line}`} />
    </>
  )
}
