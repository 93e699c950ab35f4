import { parseRows } from './matrix'

/*
 * The answer of ACR's API to each caller: the policy, written by hand. It is that of the REST API
 * (docs/decisions/0017-permissions.md has the reasons).
 *
 * A new action fails lib/acr/access-matrix.test.ts until it has a row here and a request there. Rows and test data are as
 * in rest.ts, but for `nobody`: whoever proves nothing is refused before an action is looked for. An answer is `ok`, with
 * the number of listed items, or a word of `acrCodes`.
 */

/** What the words of an answer stand for. */
export const acrCodes: Readonly<Record<string, string>> = {
  inst: 'INSTANCE_NOT_EXIST',
  ns: 'NAMESPACE_NOT_EXIST',
  repo: 'REPO_NOT_EXIST',
  tag: 'TAG_NOT_EXIST',
  priv: 'NoPrivilege',
  prot: 'REPOSITORY_PROTECTED',
  immu: 'TAG_IMMUTABLE',
  undel: 'TAG_UNDELETABLE',
}

/** The rows of ACR's API. */
export const acrRows = parseRows(`
# action                | what of it               | nobody | none | pull: i n r    | push: i n r    | manage: i n r     | beside | admin
ListInstance            | all                      | -      | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1  ok:1  ok:1  | ok:2   | ok:3
GetInstanceCount        | all                      | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
ListInstanceRegion      | all                      | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
ListTagResources        | of an instance           | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetInstance             | main                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetInstance             | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetInstanceUsage        | main                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetInstanceUsage        | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetInstanceEndpoint     | main                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetInstanceEndpoint     | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
ListInstanceEndpoint    | main                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
ListInstanceEndpoint    | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetInstanceVpcEndpoint  | main                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetInstanceVpcEndpoint  | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok

ListNamespace           | main                     | -      | ok:1 | ok:3 ok:1 ok:1 | ok:3 ok:1 ok:1 | ok:3  ok:1  ok:1  | ok:1   | ok:3
ListNamespace           | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok:1   | ok:1
CreateNamespace         | main                     | -      | priv | priv priv priv | priv priv priv | ok    priv  priv  | priv   | ok
CreateNamespace         | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetNamespace            | team                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetNamespace            | other                    | -      | ns   | ok   ns   ns   | ok   ns   ns   | ok    ns    ns    | ns     | ok
GetNamespace            | beside's team            | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
UpdateNamespace         | team                     | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
UpdateNamespace         | other                    | -      | ns   | priv ns   ns   | priv ns   ns   | ok    ns    ns    | ns     | ok
DeleteNamespace         | team                     | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
DeleteNamespace         | team, immutable          | -      | priv | priv priv priv | priv priv priv | prot  prot  priv  | priv   | prot
DeleteNamespace         | other                    | -      | ns   | priv ns   ns   | priv ns   ns   | ok    ns    ns    | ns     | ok

ListRepository          | main                     | -      | ok:1 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:3  ok:2  ok:2  | ok:1   | ok:3
ListRepository          | beside                   | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok:1   | ok:1
CreateRepository        | in team                  | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
CreateRepository        | in other                 | -      | ns   | priv ns   ns   | priv ns   ns   | ok    ns    ns    | ns     | ok
CreateRepository        | in no namespace          | -      | ns   | ns   ns   ns   | ns   ns   ns   | ns    ns    ns    | ns     | ns
CreateRepository        | in beside's team         | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetRepository           | closed                   | -      | repo | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | repo   | ok
GetRepository           | closed, by name          | -      | repo | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | repo   | ok
GetRepository           | open                     | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetRepository           | secret, by name          | -      | repo | ok   repo repo | ok   repo repo | ok    repo  repo  | repo   | ok
GetRepository           | beside's closed          | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetRepository           | beside's in main         | -      | repo | repo repo repo | repo repo repo | repo  repo  repo  | repo   | repo
UpdateRepository        | closed                   | -      | repo | priv priv priv | priv priv priv | ok    ok    ok    | repo   | ok
UpdateRepository        | open                     | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
UpdateRepository        | beside's closed          | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
DeleteRepository        | closed                   | -      | repo | priv priv priv | priv priv priv | ok    ok    ok    | repo   | ok
DeleteRepository        | open                     | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
DeleteRepository        | closed, immutable        | -      | repo | priv priv priv | priv priv priv | prot  prot  prot  | repo   | prot

ListRepoTag             | of closed                | -      | repo | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1  ok:1  ok:1  | repo   | ok:1
ListRepoTag             | of open                  | -      | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1  ok:1  ok:1  | ok:1   | ok:1
GetRepoTag              | of closed                | -      | repo | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | repo   | ok
GetRepoTag              | of open                  | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetRepoTag              | of open, not there       | -      | tag  | tag  tag  tag  | tag  tag  tag  | tag   tag   tag   | tag    | tag
GetRepoTagManifest      | of closed                | -      | repo | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | repo   | ok
GetRepoTagManifest      | of open                  | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetRepoTagLayers        | of closed                | -      | repo | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | repo   | ok
GetRepoTagLayers        | of open                  | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
CreateRepoTag           | in closed                | -      | repo | priv priv priv | ok   ok   ok   | ok    ok    ok    | repo   | ok
CreateRepoTag           | in open                  | -      | priv | priv priv priv | ok   ok   priv | ok    ok    priv  | priv   | ok
CreateRepoTag           | in closed, over protected | -     | repo | priv priv priv | immu immu immu | immu  immu  immu  | repo   | immu
DeleteRepoTag           | of closed                | -      | repo | priv priv priv | priv priv priv | ok    ok    ok    | repo   | ok
DeleteRepoTag           | of open                  | -      | priv | priv priv priv | priv priv priv | ok    ok    priv  | priv   | ok
DeleteRepoTag           | of closed, protected     | -      | repo | priv priv priv | priv priv priv | undel undel undel | repo   | undel

ResetLoginPassword      | of main                  | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
ResetLoginPassword      | of beside                | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
GetAuthorizationToken   | of main                  | -      | ok   | ok   ok   ok   | ok   ok   ok   | ok    ok    ok    | ok     | ok
GetAuthorizationToken   | of beside                | -      | inst | inst inst inst | inst inst inst | inst  inst  inst  | ok     | ok
`)
