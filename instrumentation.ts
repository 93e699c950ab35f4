import type { Instrumentation } from 'next'
import { getContext } from '@/lib/context'

/** Called by Next for what a page or the API failed on: logged with its cause, under the request's id. */
export const onRequestError: Instrumentation.onRequestError = (error, { headers, method }, { routePath }) => {
  getContext().log.error(
    { requestId: headers['x-stele-request-id'], method, route: routePath, err: error },
    'a page could not be rendered',
  )
}
