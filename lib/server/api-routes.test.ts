import { expect, test } from 'vitest'
import { apiRoute, isApiPath } from './api-routes'

test.each([
  ['/api/v1/instances', '/api/v1/instances'],
  ['/api/v1/instances?search=a', '/api/v1/instances'],
  ['/api/v1/repositories/crr-0123456789abcdef', '/api/v1/repositories/{repositoryId}'],
  ['/api/v1/repositories/crr-1/tags/v1.0', '/api/v1/repositories/{repositoryId}/tags/{tag}'],
  ['/api/v1/openapi.json', '/api/v1/openapi.json'],
  ['/api/v1/openapiXjson', null],
  ['/api/v1/repositories/a/b/c/d', null],
])('the route of %s is %s', (url, route) => {
  expect(isApiPath(url)).toBe(true)
  expect(apiRoute(url)).toBe(route)
})

test.each(['/', '/api/v2/x', '/api/v1x', '/login'])('%s is not the REST API’s', (url) => {
  expect(isApiPath(url)).toBe(false)
})
