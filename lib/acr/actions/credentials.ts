import { z } from 'zod'
import { action } from '@/lib/acr/action'
import { lookingFor } from '@/lib/acr/not-exist'
import { optional, text, wholeNumber } from '@/lib/acr/parameters'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { createTemporaryToken } from '@/lib/registry/credentials/create-temporary-token'
import { setRegistryPassword } from '@/lib/registry/credentials/set-registry-password'

/** Sets the caller's own registry password. */
const resetLoginPassword = action({
  name: 'ResetLoginPassword',
  input: z.object({
    InstanceId: text,
    Password: z.string({ error: 'required' }).refine(isRegistryPassword, {
      message: '8 to 32 visible ASCII characters, with at least two of letters, digits and symbols',
    }),
  }),
  async run(call) {
    const { ctx, principal, input } = call
    await lookingFor('instance', call, () => setRegistryPassword(ctx, principal, input.InstanceId, input.Password))
    return {}
  },
})

/** Creates a temporary token of the caller, who pulls and pushes with it as `cr_temp_user`. */
const getAuthorizationToken = action({
  name: 'GetAuthorizationToken',
  input: z.object({ InstanceId: text, ExpiresInHours: optional(wholeNumber(1, 24)) }),
  async run(call) {
    const { ctx, principal, input } = call
    const { InstanceId, ExpiresInHours = 1 } = input
    const { userName, token, expiresAt } = await lookingFor('instance', call, () =>
      createTemporaryToken(ctx, principal, InstanceId, ExpiresInHours),
    )
    return { TempUsername: userName, AuthorizationToken: token, ExpireTime: Date.parse(expiresAt) }
  },
})

/** The caller's credentials for an instance's registry. */
export const credentialActions = [resetLoginPassword, getAuthorizationToken]
