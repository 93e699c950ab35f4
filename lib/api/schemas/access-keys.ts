import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from './common'

/** A credential for the REST API, used as HTTP Basic with its id and secret. */
export const accessKey = z.object({
  id: z.string().meta({ examples: ['QK3ZB7N0X4M6P8R1T2VW'] }),
  isDisabled: z.boolean(),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable().meta({ description: 'Precise to the minute' }),
})
export type AccessKeyView = z.infer<typeof accessKey>

/** An access key with its secret, which is shown only when the key is created. */
export const accessKeyWithSecret = accessKey.extend({ secret: z.string() })

export const accessKeyPage = pageOf(accessKey)

export const accessKeyQuery = pageQuery

export const createAccessKeyBody = z.strictObject({})

export const updateAccessKeyBody = z.strictObject({ isDisabled: z.boolean() })
