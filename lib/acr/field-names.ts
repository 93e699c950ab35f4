import { type About, AppError } from '@/lib/domain/errors'

/** An error of a use case with its fields named as the parameters are; `about`: what ALREADY_EXISTS is about. */
export function withFieldNames(error: unknown, parameterOf: Readonly<Record<string, string>>, about?: About): unknown {
  if (!AppError.is(error) || error.fields === undefined) return error
  const { code, message, detail } = error
  const fields = error.fields.map((field) => ({ ...field, path: parameterOf[field.path] ?? field.path }))
  return new AppError(code, {
    ...{ message, fields, cause: error },
    ...(detail !== undefined && { detail }),
    ...(about !== undefined && code === 'ALREADY_EXISTS' && { about }),
  })
}
