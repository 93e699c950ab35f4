import { useTranslations } from 'next-intl'
import type { ChartProps } from './chart-props'
import { useDayFormat } from './use-day-format'

/** The values of a chart in a table, the newest day first. */
export function ChartTable({ title, days, series, format }: Pick<ChartProps, 'title' | 'days' | 'series' | 'format'>) {
  const t = useTranslations('figures')
  const dayFormat = useDayFormat()
  return (
    <details className="chart-table">
      <summary>{t('asTable')}</summary>
      <div role="group" aria-label={title} tabIndex={0}>
        <table aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days
              .map((day, index) => (
                <tr key={day}>
                  <th scope="row">{dayFormat.long(day)}</th>
                  {series.map(({ name, values }) => {
                    const value = values[index] ?? null
                    return <td key={name}>{value === null ? '–' : format(value)}</td>
                  })}
                </tr>
              ))
              .reverse()}
          </tbody>
        </table>
      </div>
    </details>
  )
}
