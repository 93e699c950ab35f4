import { useTranslations } from 'next-intl'
import { apiReferenceHref, manualHref } from '../routes'
import { PageHead, Section } from '../ui/page'
import { MethodBadge } from './method-badge'
import type { ApiOperation } from './read-document'
import type { SchemaField } from './read-schema'
import { WithCode } from './with-code'
import { TryOperation } from './try-operation'

/** One operation of the REST API: what it takes, what it answers, how it is refused. `mayTry`: somebody is logged on. */
export function OperationPage({ operation, mayTry }: { operation: ApiOperation; mayTry: boolean }) {
  const t = useTranslations()
  const { method, path, summary, parameters, body, status, response, downloads, refusals } = operation
  return (
    <>
      <PageHead
        crumbs={[
          { label: t('help.manual'), href: manualHref() },
          { label: t('apiReference.title'), href: apiReferenceHref() },
          { label: operation.id },
        ]}
        title={summary.replaceAll('`', '')}
        badges={<MethodBadge method={method} />}
      />
      <p className="lead">
        <code className="operation-path">/api/v1{path}</code>
      </p>
      <p className="muted">
        {operation.isPublic
          ? t('apiReference.isPublic')
          : operation.admitsRobots
            ? t('apiReference.needsKeyOrRobot')
            : t('apiReference.needsKey')}
      </p>
      {parameters.length > 0 && (
        <Section title={t('apiReference.parameters')}>
          <FieldTable
            fields={parameters}
            places={parameters.map((parameter) => t(`apiReference.in.${parameter.in}`))}
          />
        </Section>
      )}
      {body && (
        <Section title={t('apiReference.body')}>
          <FieldTable fields={body.fields} />
        </Section>
      )}
      <Section title={t('apiReference.response', { status })}>
        {response.length > 0 && <FieldTable fields={response} isResponse />}
        {downloads.length > 0 && (
          <p className="section-body">{t('apiReference.downloads', { types: downloads.join(', ') })}</p>
        )}
        {response.length === 0 && downloads.length === 0 && (
          <p className="section-body muted">{t('apiReference.noBody')}</p>
        )}
      </Section>
      <Section title={t('apiReference.refusals')}>
        <div className="manual-table" tabIndex={0} role="group" aria-label={t('apiReference.refusals')}>
          <table className="reference">
            <thead>
              <tr>
                <th>{t('apiReference.status')}</th>
                <th>{t('apiReference.codes')}</th>
              </tr>
            </thead>
            <tbody>
              {refusals.map((refusal) => (
                <tr key={refusal.status}>
                  <td>{refusal.status}</td>
                  <td>
                    <code>{refusal.codes}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <TryOperation key={operation.id} operation={operation} mayTry={mayTry} />
    </>
  )
}

interface FieldTableProps {
  fields: readonly SchemaField[]
  /** Where each stands, for parameters. */
  places?: readonly string[]
  /** Whether nobody has to give them. */
  isResponse?: boolean
}

function FieldTable({ fields, places, isResponse = false }: FieldTableProps) {
  const t = useTranslations()
  return (
    <div className="manual-table" tabIndex={0} role="group" aria-label={t('apiReference.fields')}>
      <table className="reference">
        <thead>
          <tr>
            <th>{t('apiReference.name')}</th>
            {places && <th>{t('apiReference.place')}</th>}
            <th>{t('apiReference.type')}</th>
            <th>{t('apiReference.description')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, type, isRequired, description }, index) => (
            <tr key={index}>
              <td>
                <code>{path}</code>
                {isRequired && !isResponse && <span className="required"> {t('apiReference.required')}</span>}
              </td>
              {places && <td>{places[index]}</td>}
              <td>{type}</td>
              <td lang="en">
                <WithCode text={description} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
