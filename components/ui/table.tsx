import { useTranslations } from 'next-intl'
import { Fragment } from 'react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'
import { Skeleton } from './states'
import type { SkeletonWidth } from './states'

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
  /** The width below which the column is left out. */
  hideBelow?: 'sm' | 'md' | 'lg' | 'xl'
  /** The header's word again before the value, where narrow tables have no head. */
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
  /** Rows are of the question before; the ones of this one are on their way. */
  stale?: boolean
}

const skeletonRows = 6

/**
 * A table whose rows become cards on a narrow screen. Its roles are written out, because `display` takes them away in
 * some browsers.
 */
export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
  rowClass,
  groupOf,
  sort,
  onSort,
  stale = false,
}: TableProps<T>) {
  const t = useTranslations()
  // Without anything to focus in its rows, a wide table could not be scrolled with the keyboard.
  const isReadOnly = !columns.some(({ kind }) => kind === 'actions')
  return (
    <div className="table-scroll" {...(isReadOnly && { tabIndex: 0, role: 'group', 'aria-label': label })}>
      <table
        role="table"
        className={classNames('table stack', stale && 'is-stale')}
        aria-label={rows === null ? t('table.loading', { name: label }) : label}
        aria-busy={rows === null || stale}
      >
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Header key={column.key} column={column} sort={sort} onSort={onSort} />
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
                  <Row columns={columns} className={rowClass?.(row)} cell={(column) => column.cell(row)} />
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
    column.hideBelow && `hide-${column.hideBelow}`,
  )
}

interface HeaderProps<T> {
  column: Column<T>
  sort: string | undefined
  onSort: ((sort: string) => void) | undefined
}

function Header<T>({ column, sort, onSort }: HeaderProps<T>) {
  const isSorted = sort !== undefined && column.sort?.includes(sort)
  const isDescending = isSorted && sort.startsWith('-')
  const ariaSort = isSorted ? { 'aria-sort': isDescending ? ('descending' as const) : ('ascending' as const) } : {}
  return (
    <th scope="col" role="columnheader" className={columnClass(column)} {...ariaSort}>
      {column.sort && onSort ? (
        <SortButton keys={column.sort} sort={sort} onSort={onSort}>
          {column.header}
          {isSorted && <Icon name={isDescending ? 'down' : 'up'} />}
        </SortButton>
      ) : (
        (column.head ?? column.header)
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
}

function Row<T>({ columns, className, cell }: RowProps<T>) {
  return (
    <tr role="row" className={className}>
      {columns.map((column) =>
        column.kind === 'name' ? (
          <th key={column.key} scope="row" role="rowheader" className={classNames('cell-name', columnClass(column))}>
            {cell(column)}
          </th>
        ) : (
          <td
            key={column.key}
            role="cell"
            className={columnClass(column)}
            {...(column.repeatsHeader ? { 'data-label': column.header } : {})}
          >
            {column.kind === 'actions' ? <div>{cell(column)}</div> : cell(column)}
          </td>
        ),
      )}
    </tr>
  )
}
