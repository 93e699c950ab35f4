'use client'

import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import { createSessionBody } from '@/lib/api/schemas/sessions'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'
import { PasswordField } from '../ui/password-field'
import { useErrorText } from '../ui/use-error-text'
import { useForm } from '../ui/use-form'
import { useLogOn } from './queries'

/** Logs on and goes to `next`. */
export function LogonForm({ next }: { next: string }) {
  const t = useTranslations()
  const errorText = useErrorText()
  const form = useForm({ userName: '', password: '' }, createSessionBody)
  const logOn = useLogOn()
  // The person stays "logging on" until the next page is there.
  const busy = logOn.isPending || logOn.isSuccess

  return (
    <form
      noValidate
      method="post"
      onSubmit={(event) => {
        event.preventDefault()
        const element = event.currentTarget
        const body = form.check(element)
        if (!body || busy) return
        logOn.mutate(body, {
          // A whole new page: the server renders it for the person now known.
          onSuccess: () => location.assign(next),
          onError: () => element.querySelector<HTMLInputElement>(`[name=password]`)?.select(),
        })
      }}
    >
      {logOn.error && (
        <Banner tone="danger" icon="refused">
          <p>{isApiError(logOn.error, 'UNAUTHORIZED') ? t('logon.refused') : errorText(logOn.error)}</p>
        </Banner>
      )}
      <TextField
        label={t('logon.userName')}
        name="userName"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        value={form.values.userName}
        error={form.isWrong('userName') ? t('logon.userNameMissing') : undefined}
        onChange={(event) => form.set('userName', event.target.value)}
      />
      <PasswordField
        label={t('logon.password')}
        revealLabel={t('logon.showPassword')}
        name="password"
        autoComplete="current-password"
        required
        value={form.values.password}
        error={form.isWrong('password') ? t('logon.passwordMissing') : undefined}
        onChange={(event) => form.set('password', event.target.value)}
      />
      <Button type="submit" variant="primary" wide busy={busy}>
        {t('logon.submit')}
      </Button>
    </form>
  )
}
