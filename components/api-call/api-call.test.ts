import { expect, test } from 'vitest'
import { acrCallOf } from './acr-call'
import { acrProgram } from './acr-program'
import { curlCommand } from '../curl'

const origin = 'http://localhost:3000'
const place = { instanceId: 'cri-1', name: 'team' }

test('a command is one line that a shell takes as it is, and has no secret', () => {
  expect(curlCommand(origin, { method: 'DELETE', path: '/repositories/crr-1' })).toBe(
    `curl -fsS -u "$KEY_ID:$KEY_SECRET" -X DELETE 'http://localhost:3000/api/v1/repositories/crr-1'`,
  )
  const body = { description: `it's\n"$HOME"`, password: 'correct horse' }
  expect(curlCommand(origin, { method: 'PATCH', path: '/x', body })).toBe(
    `curl -fsS -u "$KEY_ID:$KEY_SECRET" -X PATCH -H 'Content-Type: application/json' ` +
      `-d '{"description":"it'\\''s\\n\\"$HOME\\"","password":"<password>"}' 'http://localhost:3000/api/v1/x'`,
  )
})

test.each([
  [
    { method: 'PATCH', path: '/repositories/crr-1', body: { tagImmutability: true } },
    { action: 'UpdateRepository', parameters: { InstanceId: 'cri-1', RepoId: 'crr-1', TagImmutability: true } },
  ],
  [
    {
      method: 'POST',
      path: '/instances/cri-1/repositories',
      body: { namespace: 'team', name: 'app', type: 'PRIVATE', summary: '', description: '' },
    },
    {
      action: 'CreateRepository',
      parameters: { InstanceId: 'cri-1', RepoNamespaceName: 'team', RepoName: 'app', RepoType: 'PRIVATE' },
    },
  ],
  [
    {
      method: 'POST',
      path: '/instances/cri-1/namespaces',
      body: { name: 'a', autoCreateRepository: true, acceptSparseManifests: false, defaultTagImmutability: true },
    },
    {
      action: 'CreateNamespace',
      parameters: {
        InstanceId: 'cri-1',
        NamespaceName: 'a',
        AutoCreateRepo: true,
        DefaultRepoConfiguration: '{"TagImmutability":true}',
      },
    },
  ],
  [
    { method: 'PATCH', path: '/namespaces/crn-1', body: { defaultRepositoryType: 'PUBLIC' } },
    {
      action: 'UpdateNamespace',
      parameters: { InstanceId: 'cri-1', DefaultRepoType: 'PUBLIC', NamespaceName: 'team' },
    },
  ],
  [
    { method: 'DELETE', path: '/repositories/crr-1' },
    { action: 'DeleteRepository', parameters: { InstanceId: 'cri-1', RepoId: 'crr-1' } },
  ],
  [
    { method: 'DELETE', path: '/repositories/crr-1/tags/v1' },
    { action: 'DeleteRepoTag', parameters: { InstanceId: 'cri-1', RepoId: 'crr-1', Tag: 'v1' } },
  ],
  [
    { method: 'PUT', path: '/instances/cri-1/credentials/password', body: { password: 'correct horse' } },
    { action: 'ResetLoginPassword', parameters: { InstanceId: 'cri-1', Password: '<password>' } },
  ],
  [
    { method: 'POST', path: '/instances/cri-1/credentials/temporary-token', body: { hours: 2 } },
    { action: 'GetAuthorizationToken', parameters: { InstanceId: 'cri-1', ExpiresInHours: 2 } },
  ],
] as const)('ACR’s action of %o', (request, call) => {
  expect(acrCallOf(request, place)).toEqual(call)
})

test.each([
  ['a reason', { method: 'DELETE', path: '/repositories/crr-1/tags/v1?reason=because' }, place],
  ['audit', { method: 'PATCH', path: '/repositories/crr-1', body: { immutability: { mode: 'audit' } } }, place],
  ['days of retention', { method: 'PATCH', path: '/namespaces/crn-1', body: { untaggedRetentionDays: 3 } }, place],
  [
    'a namespace without a name',
    { method: 'PATCH', path: '/namespaces/crn-1', body: {} },
    { ...place, name: undefined },
  ],
  ['no instance', { method: 'DELETE', path: '/repositories/crr-1' }, { ...place, instanceId: undefined }],
  ['another request', { method: 'POST', path: '/users', body: { name: 'a' } }, place],
] as const)('%s: ACR has no such action', (_, request, at) => {
  expect(acrCallOf(request, at)).toBeNull()
})

test('a program of Python', () => {
  const call = { action: 'UpdateRepository', parameters: { RepoId: 'crr-1', TagImmutability: true, Summary: '"\n' } }
  expect(acrProgram(origin, call)).toContain(`from alibabacloud_cr20181201.models import UpdateRepositoryRequest
`)
  expect(acrProgram(origin, call)).toContain(`
client.update_repository(UpdateRepositoryRequest(
    repo_id="crr-1",
    tag_immutability=True,
    summary="\\"\\n",
))`)
})
