'use client'

import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { isApiError } from '@/lib/api/client/api-error'
import type { SessionView } from '@/lib/api/schemas/sessions'
import { useLogOn } from '../queries/session'
import { Banner } from '../ui/banner'
import { Button, TextButton } from '../ui/button'
import { TextField } from '../ui/field'
import { PasswordField } from '../ui/password-field'
import { RequestId } from '../ui/request-id'
import { useErrorText } from '../ui/use-error-text'

const fieldNames = ['userName', 'password', 'code'] as const

type FieldName = (typeof fieldNames)[number]

/** What a field holds; it is there only in its step. */
function textOf(data: FormData, name: FieldName): string | undefined {
  const text = data.get(name)
  return typeof text === 'string' ? text : undefined
}

/**
 * Logs on, then calls `onDone`; who has a second factor is asked for a code in a second step.
 *
 * The fields belong to the browser, not to React: what a person or a password manager has filled in before the script
 * has come stays there. And the form has an action, because React keeps one that was sent before, and runs it then.
 */
export function LogonForm({ onDone }: { onDone: (session: SessionView) => void }) {
  const t = useTranslations()
  const errorText = useErrorText()
  const logOn = useLogOn()
  const ref = useRef<HTMLFormElement>(null)
  const [wrong, setWrong] = useState<readonly FieldName[]>([])
  const [needsCode, setNeedsCode] = useState(false)
  // The person stays "logging on" until what comes next is there.
  const busy = logOn.isPending || logOn.isSuccess

  function focus(name: FieldName) {
    ref.current?.querySelector<HTMLInputElement>(`[name=${name}]`)?.focus()
  }

  function submit(data: FormData) {
    if (busy) return
    const [userName = '', password = '', code] = fieldNames.map((name) => textOf(data, name))
    const missing = fieldNames.filter((name) => textOf(data, name) === '')
    setWrong(missing)
    const [first] = missing
    if (first !== undefined) {
      focus(first)
      return
    }
    const body = { userName, password, ...(code !== undefined && { code }) }
    logOn.mutate(body, {
      onSuccess: onDone,
      onError: (error) => {
        if (isApiError(error, 'SECOND_FACTOR_REQUIRED')) setNeedsCode(true)
        else focus(needsCode ? 'code' : 'password')
      },
    })
  }

  function goBack() {
    logOn.reset()
    // The fields of the first step can have the focus only once they are shown again.
    flushSync(() => {
      setNeedsCode(false)
      setWrong([])
    })
    focus('userName')
  }

  function refusal(error: unknown): string {
    if (isApiError(error, 'UNAUTHORIZED')) return t('logon.refused')
    if (isApiError(error, 'SECOND_FACTOR_INVALID')) return t('logon.codeWrong')
    return isApiError(error, 'DENIED') ? t('logon.disabled') : errorText(error)
  }

  return (
    <form
      ref={ref}
      noValidate
      action={submit}
      onSubmit={(event) => {
        // Not as an action: that would empty the fields in the end.
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      {logOn.error && !isApiError(logOn.error, 'SECOND_FACTOR_REQUIRED') && (
        <Banner tone="danger" icon="refused">
          <p>{refusal(logOn.error)}</p>
          <RequestId error={logOn.error} />
        </Banner>
      )}
      <div className="logon-step" hidden={needsCode}>
        <TextField
          label={t('logon.userName')}
          name="userName"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          error={wrong.includes('userName') ? t('logon.userNameMissing') : undefined}
          onChange={() => setWrong(wrong.filter((name) => name !== 'userName'))}
        />
        <PasswordField
          label={t('logon.password')}
          revealLabel={t('logon.showPassword')}
          name="password"
          autoComplete="current-password"
          required
          error={wrong.includes('password') ? t('logon.passwordMissing') : undefined}
          onChange={() => setWrong(wrong.filter((name) => name !== 'password'))}
        />
      </div>
      {needsCode && (
        <div className="logon-step">
          <h2>{t('logon.codeTitle')}</h2>
          <TextField
            label={t('logon.code')}
            help={t('logon.codeHelp')}
            name="code"
            mono
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            maxLength={64}
            error={wrong.includes('code') ? t('logon.codeMissing') : undefined}
            onChange={() => setWrong(wrong.filter((name) => name !== 'code'))}
          />
        </div>
      )}
      <Button type="submit" variant="primary" wide busy={busy}>
        {t('logon.submit')}
      </Button>
      {needsCode && <TextButton onClick={goBack}>{t('logon.back')}</TextButton>}
    </form>
  )
}
