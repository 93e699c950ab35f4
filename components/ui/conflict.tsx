import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Banner } from './banner'

/** A setting that two people have an opinion on. `yours` is null where only the other one changed it. */
export interface ConflictRow {
  label: string
  theirs: string
  yours: string | null
}

/** Says that settings changed while a person was changing them, and shows both sides. */
export function Conflict({ children, rows }: { children: ReactNode; rows: readonly ConflictRow[] }) {
  const t = useTranslations()
  return (
    <div>
      <Banner tone="danger" icon="refused">
        {children}
      </Banner>
      {rows.length > 0 && (
        <div className="table-box">
          <table className="table table--conflict" aria-label={t('conflict.table')}>
            <thead>
              <tr>
                <th scope="col">{t('conflict.setting')}</th>
                <th scope="col">{t('conflict.theirs')}</th>
                <th scope="col">{t('conflict.yours')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.label}>
                  <th scope="row">{row.label}</th>
                  <td>{row.theirs || <span className="muted">{t('common.none')}</span>}</td>
                  <td>
                    {row.yours === null ? (
                      <span className="muted">{t('conflict.untouched')}</span>
                    ) : (
                      row.yours || <span className="muted">{t('common.none')}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
