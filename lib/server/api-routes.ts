import { operations } from '@/lib/api/operations/operations'

const root = '/api/v1'

const routes = [...new Set(Object.values(operations).map(({ path }) => path))].map((template) => ({
  template: `${root}${template}`,
  pattern: new RegExp(`^${root}${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
}))

/** Whether a request is for the REST API. */
export function isApiPath(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url)
}

/** The REST API path of a request, with its parameters in braces; null when no path matches. */
export function apiRoute(url: string): string | null {
  const [path = ''] = url.split('?', 1)
  return routes.find(({ pattern }) => pattern.test(path))?.template ?? null
}
