import { useTranslations } from 'next-intl'
import { Fragment } from 'react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { useHiddenColumns } from './column-choice'
import { Select } from './filters'
import { HeadText } from './head-text'
import { Icon } from './icon'
import { Middle } from './middle'
import { Skeleton } from './states'
import type { SkeletonWidth } from './states'
import { useGivingWay } from './use-giving-way'

/** A column of a table of `T`. */
export interface Column<T> {
  key: string
  header: string
  /** What stands in the head in place of `header`, with a name of its own. */
  head?: ReactNode
  /**
   * `name` heads its row, `number` is right-aligned, `check` has the boxes that choose rows, `actions` is last and
   * stays in sight.
   */
  kind?: 'name' | 'number' | 'check' | 'actions'
  /**
   * Gives way where the room is short, those with the smallest number first: its value is then under the name, with
   * the header's word before it.
   */
  gives?: 0 | 1 | 2 | 3
  /** What is under the name in place of that; null: nothing. */
  fold?: (row: T) => ReactNode
  /**
   * The header's word again before the value, where narrow tables have no head: for values that do not say themselves what
   * they are. Numbers have it always.
   */
  repeatsHeader?: boolean
  /** Takes the free room of a line where rows are cards. */
  grows?: boolean
  /** The sort keys of the column: the one to begin with and its reverse. */
  sort?: readonly [first: string, second: string]
  skeleton: SkeletonWidth
  cell: (row: T) => ReactNode
}

interface TableProps<T> {
  label: string
  columns: readonly Column<T>[]
  /** Null while they load: the table shows as many skeleton rows as a short list has. */
  rows: readonly T[] | null
  rowKey: (row: T) => string
  /** A class for rows that stand out. */
  rowClass?: (row: T) => string | undefined
  /** The heading that neighbouring rows share. */
  groupOf?: (row: T) => string
  sort?: string
  onSort?: (sort: string) => void
  /** The orders are offered above the table already, also where rows are cards. */
  sortsAbove?: boolean
  /** Where a person may choose columns (`ColumnsButton`): the name of the choice. */
  choice?: string
  /** Rows are of the question before; the ones of this one are on their way. */
  stale?: boolean
}

const skeletonRows = 6

/**
 * A table that fits into the room it has, whatever is in its cells: columns give way and fold under the name, a long text
 * loses its middle, and where the room is very short rows become cards. Its roles are written out, because `display` takes
 * them away in some browsers.
 */
export function Table<T>({
  label,
  columns: all,
  rows,
  rowKey,
  rowClass,
  groupOf,
  sort,
  onSort,
  sortsAbove = false,
  choice,
  stale = false,
}: TableProps<T>) {
  const t = useTranslations()
  const { hidden } = useHiddenColumns(choice ?? '')
  const chosen = choice === undefined ? all : all.filter(({ key }) => !hidden.has(key))
  const giving = chosen
    .filter(({ gives }) => gives !== undefined)
    .sort((one, other) => (one.gives ?? 0) - (other.gives ?? 0))
  const { box, given, overflows } = useGivingWay(giving.length, chosen.map(({ key }) => key).join(), rows)
  const folded = new Set(giving.slice(0, given).map(({ key }) => key))
  const columns = chosen.filter(({ key }) => !folded.has(key))
  const folds = chosen.filter(({ key }) => folded.has(key))
  // Without anything to focus in its rows, a wide table could not be scrolled with the keyboard.
  const isReadOnly = !columns.some(({ kind }) => kind === 'actions')
  return (
    <div
      ref={box}
      className={classNames('table-scroll', overflows && 'overflows')}
      {...(isReadOnly && { tabIndex: 0, role: 'group', 'aria-label': label })}
    >
      {onSort && !sortsAbove && <CardSorts columns={all} sort={sort} onSort={onSort} />}
      <table
        role="table"
        className={classNames('table stack', stale && 'is-stale')}
        aria-label={rows === null ? t('table.loading', { name: label }) : label}
        aria-busy={rows === null || stale}
      >
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Header
                key={column.key}
                column={column}
                gives={giving.includes(column) ? giving.indexOf(column) : undefined}
                sort={sort}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows === null
            ? Array.from({ length: skeletonRows }, (_, index) => (
                <Row
                  key={index}
                  columns={columns}
                  cell={(column) => column.kind !== 'check' && <Skeleton width={column.skeleton} />}
                />
              ))
            : rows.map((row, index) => (
                <Fragment key={rowKey(row)}>
                  <GroupRow groupOf={groupOf} row={row} before={rows[index - 1]} span={columns.length} />
                  <Row
                    columns={columns}
                    className={rowClass?.(row)}
                    cell={(column) => fitting(column.cell(row))}
                    folds={folds.length > 0 && <Folds columns={folds} row={row} />}
                  />
                </Fragment>
              ))}
        </tbody>
      </table>
    </div>
  )
}

function columnClass<T>(column: Column<T>): string {
  return classNames(
    column.kind === 'number' && 'num',
    column.kind === 'check' && 'col-check',
    column.kind === 'actions' && 'actions',
    column.grows && 'cell-grow',
  )
}

interface HeaderProps<T> {
  column: Column<T>
  /** Before which others it gives way; undefined: never. */
  gives: number | undefined
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
}

function Header<T>({ column, gives, sort, onSort }: HeaderProps<T>) {
  const isSorted = sort !== undefined && column.sort?.includes(sort)
  const isDescending = isSorted && sort.startsWith('-')
  const ariaSort = isSorted ? { 'aria-sort': isDescending ? ('descending' as const) : ('ascending' as const) } : {}
  return (
    <th scope="col" role="columnheader" className={columnClass(column)} data-gives={gives} {...ariaSort}>
      {column.sort && onSort ? (
        <SortButton keys={column.sort} sort={sort} onSort={onSort}>
          <HeadText text={column.header} />
          {isSorted && <Icon name={isDescending ? 'descending' : 'ascending'} />}
        </SortButton>
      ) : (
        (column.head ?? <HeadText text={column.header} />)
      )}
    </th>
  )
}

interface SortButtonProps {
  keys: readonly [string, string]
  sort: string | undefined
  onSort: (sort: string) => void
  children: ReactNode
}

function SortButton({ keys: [first, second], sort, onSort, children }: SortButtonProps) {
  return (
    <button type="button" className="sort" onClick={() => onSort(sort === first ? second : first)}>
      {children}
    </button>
  )
}

/** What a sort key puts first, in the words of the message. Keys of times end so in the API. */
function orderOf(key: string): 'newest' | 'oldest' | 'descending' | 'ascending' {
  const isDescending = key.startsWith('-')
  if (key.endsWith('At')) return isDescending ? 'newest' : 'oldest'
  return isDescending ? 'descending' : 'ascending'
}

/** The orders of a table whose rows are cards: those have no head to press. */
function CardSorts<T>({
  columns,
  sort = '',
  onSort,
}: {
  columns: readonly Column<T>[]
  sort: string | undefined
  onSort: (sort: string) => void
}) {
  const t = useTranslations()
  return (
    <div className="card-sorts">
      <Select label={t('table.sort')} value={sort} onChange={onSort}>
        {columns.flatMap(({ header, sort: keys = [] }) =>
          keys.map((key) => (
            <option key={key} value={key}>
              {t(`table.${orderOf(key)}`, { column: header })}
            </option>
          )),
        )}
      </Select>
    </div>
  )
}

interface GroupRowProps<T> {
  groupOf: ((row: T) => string) | undefined
  row: T
  before: T | undefined
  span: number
}

/** The heading of a group, before its first row. */
function GroupRow<T>({ groupOf, row, before, span }: GroupRowProps<T>) {
  const group = groupOf?.(row)
  if (group === undefined || (before !== undefined && groupOf?.(before) === group)) return null
  return (
    <tr role="row" className="group">
      <th scope="rowgroup" role="rowheader" colSpan={span}>
        {group}
      </th>
    </tr>
  )
}

interface RowProps<T> {
  columns: readonly Column<T>[]
  className?: string | undefined
  cell: (column: Column<T>) => ReactNode
  folds?: ReactNode
}

/** A text of any length loses its middle where the room is short; other cells see to that themselves. */
function fitting(cell: ReactNode): ReactNode {
  return typeof cell === 'string' ? <Middle text={cell} /> : cell
}

/** What the columns that gave way say of a row. */
function Folds<T>({ columns, row }: { columns: readonly Column<T>[]; row: T }) {
  return (
    <small className="folds">
      {columns.map(({ key, header, fold, cell }) => {
        if (fold !== undefined) {
          const shown = fold(row)
          return shown !== null && <span key={key}>{shown}</span>
        }
        const shown = cell(row)
        return (
          (shown || shown === 0) && (
            <span key={key}>
              {header} {fitting(shown)}
            </span>
          )
        )
      })}
    </small>
  )
}

function Row<T>({ columns, className, cell, folds }: RowProps<T>) {
  return (
    <tr role="row" className={className}>
      {columns.map((column) =>
        column.kind === 'name' ? (
          <th key={column.key} scope="row" role="rowheader" className={classNames('cell-name', columnClass(column))}>
            {folds ? (
              <span className="two">
                <span>{cell(column)}</span>
                {folds}
              </span>
            ) : (
              cell(column)
            )}
          </th>
        ) : (
          <td
            key={column.key}
            role="cell"
            className={columnClass(column)}
            {...((column.repeatsHeader || column.kind === 'number') && { 'data-label': column.header })}
          >
            {column.kind === 'check' ? (
              cell(column)
            ) : (
              <div className={column.kind === 'actions' ? undefined : 'cell'}>{cell(column)}</div>
            )}
          </td>
        ),
      )}
    </tr>
  )
}
