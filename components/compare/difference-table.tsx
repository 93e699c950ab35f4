'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Difference } from '@/lib/api/schemas/comparison'
import { classNames } from '../ui/class-names'
import type { IconName } from '../ui/icon'
import { Middle } from '../ui/middle'
import { Section } from '../ui/page'
import { Status } from '../ui/status'
import { useFolded } from '../ui/use-folded'

const icons: Record<Difference, IconName> = { same: 'equal', changed: 'change', added: 'plus', removed: 'minus' }

/** What both sides have, or one of them. */
export interface DifferenceRow {
  difference: Difference
  what: ReactNode
  /** Null: this side has none. */
  before: ReactNode
  after: ReactNode
}

interface DifferenceTableProps {
  title: string
  /** What the rows are of. */
  whatHeader: string
  /** What the sides are called. */
  names: { before: string; after: string }
  rows: readonly DifferenceRow[]
  onlyDifferences: boolean
  /** Whether what the rows are of takes more room than the values. */
  isWide?: boolean
}

const shownMax = 60

/** Two images side by side. A sign and a word say how each row differs. Nothing where there is nothing to compare. */
export function DifferenceTable(props: DifferenceTableProps) {
  const { title, whatHeader, names, rows, onlyDifferences, isWide = false } = props
  const t = useTranslations()
  const differing = rows.filter(({ difference }) => difference !== 'same')
  const { shown, showAll } = useFolded(onlyDifferences ? differing : rows, shownMax)
  if (rows.length === 0) return null
  return (
    <Section
      title={title}
      aside={<span className="muted">{t('compare.differences', { count: differing.length })}</span>}
    >
      {shown.length === 0 ? (
        <p className="card-line muted">{t('compare.noDifference')}</p>
      ) : (
        <table
          className={classNames('table differences', isWide && 'differences--wide')}
          role="table"
          aria-label={title}
        >
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader" className="sign">
                {t('compare.difference')}
              </th>
              <th scope="col" role="columnheader" className="key">
                {whatHeader}
              </th>
              <th scope="col" role="columnheader">
                <SideName name={names.before} />
              </th>
              <th scope="col" role="columnheader">
                <SideName name={names.after} />
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {shown.map((row, index) => (
              <Row key={index} row={row} names={names} />
            ))}
          </tbody>
        </table>
      )}
      {showAll && <p className="card-line">{showAll}</p>}
    </Section>
  )
}

function Row({
  row: { difference, what, before, after },
  names,
}: {
  row: DifferenceRow
  names: { before: string; after: string }
}) {
  const t = useTranslations()
  return (
    <tr role="row" className={difference === 'same' ? 'is-same' : 'is-different'}>
      <td role="cell" className="sign">
        <Status icon={icons[difference]}>{t(`compare.signs.${difference}`)}</Status>
      </td>
      <th scope="row" role="rowheader" className="key">
        {what}
      </th>
      <Side name={names.before}>{before}</Side>
      <Side name={names.after}>{after}</Side>
    </tr>
  )
}

function Side({ name, children }: { name: string; children: ReactNode }) {
  return (
    <td role="cell" className="side">
      {/* Where rows are cards, the table has no head. */}
      <span className="side-name" aria-hidden="true">
        <SideName name={name} />
      </span>
      <div>{children ?? <span className="muted">—</span>}</div>
    </td>
  )
}

function SideName({ name }: { name: string }) {
  return (
    <code>
      <Middle text={name} />
    </code>
  )
}
