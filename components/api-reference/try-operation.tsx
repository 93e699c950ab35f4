'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { exchange } from '@/lib/api/client/exchange'
import type { Answer } from '@/lib/api/client/exchange'
import { curlCommand } from '../curl'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { CodeBlock } from '../ui/code-block'
import { TextArea, TextField } from '../ui/field'
import { FormError } from '../ui/form-error'
import { Section } from '../ui/page'
import { useOrigin } from '../ui/use-origin'
import { addressOf } from './address'
import type { ApiOperation } from './read-document'

/** A form that calls an operation as the person who is logged on, and the same call for curl. */
export function TryOperation({ operation, mayTry }: { operation: ApiOperation; mayTry: boolean }) {
  const t = useTranslations()
  const origin = useOrigin()
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [body, setBody] = useState(operation.body?.example ?? null)
  const [state, setState] = useState<{ isPending: boolean; answer?: Answer; error?: unknown }>({ isPending: false })
  const missing = operation.parameters.filter(({ path, isRequired }) => isRequired && !values[path])
  const address = addressOf(operation, values)
  const isChange = operation.method !== 'GET'
  const headers = Object.fromEntries(
    operation.parameters.flatMap(({ path, in: place }) =>
      place === 'header' && values[path] ? [[path, values[path]]] : [],
    ),
  )
  const request = { method: operation.method, path: address, ...(body !== null && { body: compact(body) }) }

  async function send() {
    setState({ isPending: true })
    try {
      setState({ isPending: false, answer: await exchange(request, headers) })
    } catch (error) {
      setState({ isPending: false, error })
    }
  }

  return (
    <Section title={t('apiReference.try')}>
      <form
        className="stack-fields"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!state.isPending && mayTry && missing.length === 0) void send()
        }}
      >
        {operation.parameters.map(({ path, isRequired }) => (
          <TextField
            key={path}
            label={path}
            name={path}
            required={isRequired}
            value={values[path] ?? ''}
            onChange={(event) => setValues({ ...values, [path]: event.target.value })}
          />
        ))}
        {body !== null && (
          <TextArea
            label={t('apiReference.body')}
            name="body"
            rows={8}
            spellCheck={false}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        )}
        <CodeBlock
          label={t('apiCall.copy')}
          lines={[[curlCommand(origin, request, { headers, isPublic: operation.isPublic })]]}
        />
        {mayTry ? (
          <>
            {isChange && (
              <Banner icon="info">
                <p>{t('apiReference.changes')}</p>
              </Banner>
            )}
            <div>
              <Button
                type="submit"
                variant={operation.method === 'DELETE' ? 'danger' : 'primary'}
                busy={state.isPending}
                disabled={missing.length > 0}
              >
                {t('apiReference.send', { method: operation.method })}
              </Button>
            </div>
          </>
        ) : (
          <p className="muted">{t('apiReference.logOnToTry')}</p>
        )}
        <div role="status" className="api-answer">
          <FormError error={state.error} />
          {state.answer && (
            <>
              <p>
                <strong>{t('apiReference.answered', { status: state.answer.status })}</strong>
              </p>
              <CodeBlock
                label={t('apiReference.copyAnswer')}
                isText
                lines={shownText(state.answer)
                  .split('\n')
                  .map((line) => [line])}
              />
            </>
          )}
        </div>
      </form>
    </Section>
  )
}

/** JSON in one line; other text as it is, which the server refuses. */
function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}

function shownText({ headers, text, isCut }: Answer): string {
  let readable = text
  try {
    readable = JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // It is no JSON: a file, or nothing.
  }
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  return `${head}\n\n${readable}${isCut ? '…' : ''}`.trim()
}
