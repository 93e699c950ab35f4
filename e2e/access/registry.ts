import { type Row, parseRows } from './matrix'

/*
 * The answer of the registry (`/v2`) to each caller: the policy, written by hand (docs/decisions/0017-permissions.md
 * has the reasons).
 *
 * A new route or method fails lib/protocol/access-matrix.test.ts until it has a row here. A row is: methods and
 * template of a route | what of it | nobody | none | pull: i n r | push: i n r | manage: i n r | beside | admin, with
 * the test data of rest.ts; `nobody` sends no credentials. An answer is `ok` with the number of listed items, `mounted`
 * for a blob that need not be sent, or the status of the error: 401 authentication or a token for this is required; 403
 * not permitted; 404 the repository does not exist for this caller.
 *
 * A caller with invalid credentials gets 401 in every row, even where no credentials are needed.
 */

/** The repositories that rows are about, by their words for them. */
export const matrixPaths: Readonly<Record<string, string>> = {
  closed: 'team/closed',
  open: 'team/open',
  secret: 'other/secret',
  'new in team': 'team/new',
  'new in other': 'other/new',
  'new in no namespace': 'nothing/new',
}

/** Path of the repository that a row asks for; empty where it asks for none. */
export function repositoryPathOf({ about }: Row): string {
  const name = /^(?:for )?(closed|open|secret|new in team|new in other|new in no namespace)\b/.exec(about)?.[1]
  return name === undefined ? '' : (matrixPaths[name] ?? '')
}

/**
 * Rows for HTTP Basic: a registry password, a temporary token and a robot with the same grants get the same answers.
 */
export const basicRows = parseRows(`
# route                                       | what of it                    | nobody | none | pull: i n r    | push: i n r    | manage: i n r  | beside | admin
GET,HEAD /v2/                                 | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/_catalog                              | all                           | 401    | ok:1 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:1   | ok:3
HEAD /v2/_catalog                             | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

# The scopes of the issued token, of the requested pull, push and delete.
GET /v2/token                                 | for nothing                   | 401    | ok:0 | ok:0 ok:0 ok:0 | ok:0 ok:0 ok:0 | ok:0 ok:0 ok:0 | ok:0   | ok:0
GET /v2/token                                 | for closed                    | 401    | ok:0 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:2 | ok:2 ok:2 ok:2 | ok:0   | ok:2
GET /v2/token                                 | for open                      | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:1 | ok:2 ok:2 ok:1 | ok:1   | ok:2
GET /v2/token                                 | for open, anonymous pull      | ok:1   | ok:1 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:1 | ok:2 ok:2 ok:1 | ok:1   | ok:2
GET /v2/token                                 | for closed, anonymous pull    | ok:0   | ok:0 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:2 | ok:2 ok:2 ok:2 | ok:0   | ok:2
GET /v2/token                                 | for secret                    | 401    | ok:0 | ok:1 ok:0 ok:0 | ok:2 ok:0 ok:0 | ok:2 ok:0 ok:0 | ok:0   | ok:2
GET /v2/token                                 | for new in team               | 401    | ok:0 | ok:1 ok:1 ok:0 | ok:2 ok:2 ok:0 | ok:2 ok:2 ok:0 | ok:0   | ok:2
GET /v2/token                                 | for new in other              | 401    | ok:0 | ok:1 ok:0 ok:0 | ok:2 ok:0 ok:0 | ok:2 ok:0 ok:0 | ok:0   | ok:2
POST /v2/token                                | for closed                    | 400    | ok:0 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:2 | ok:2 ok:2 ok:2 | ok:0   | ok:2
POST /v2/token                                | for open, anonymous pull      | 400    | ok:1 | ok:1 ok:1 ok:1 | ok:2 ok:2 ok:1 | ok:2 ok:2 ok:1 | ok:1   | ok:2

# Pulls.
GET,HEAD /v2/{name}/manifests/{reference}     | closed                        | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
GET,HEAD /v2/{name}/manifests/{reference}     | closed, anonymous pull        | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
GET,HEAD /v2/{name}/manifests/{reference}     | open                          | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/manifests/{reference}     | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/manifests/{reference}     | secret                        | 401    | 404  | ok   404  404  | ok   404  404  | ok   404  404  | 404    | ok
GET,HEAD /v2/{name}/manifests/{reference}     | new in team                   | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
GET,HEAD /v2/{name}/manifests/{reference}     | new in team, anonymous pull   | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
GET,HEAD /v2/{name}/blobs/{digest}            | closed                        | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
GET,HEAD /v2/{name}/blobs/{digest}            | closed, anonymous pull        | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
GET,HEAD /v2/{name}/blobs/{digest}            | open                          | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/blobs/{digest}            | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/blobs/{digest}            | secret                        | 401    | 404  | ok   404  404  | ok   404  404  | ok   404  404  | 404    | ok
GET /v2/{name}/tags/list                      | closed                        | 401    | 404  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
GET /v2/{name}/tags/list                      | open                          | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
GET /v2/{name}/tags/list                      | open, anonymous pull          | ok:1   | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
HEAD /v2/{name}/tags/list                     | closed                        | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
# The specification has no 404 here: a repository that the caller may not see has no referrers.
GET /v2/{name}/referrers/{digest}             | closed                        | 401    | ok:0 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:0   | ok:1
GET /v2/{name}/referrers/{digest}             | open                          | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
GET /v2/{name}/referrers/{digest}             | open, anonymous pull          | ok:1   | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
HEAD /v2/{name}/referrers/{digest}            | closed                        | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

# Pushes. Anonymous pull does not allow them.
POST /v2/{name}/blobs/uploads/                | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
POST /v2/{name}/blobs/uploads/                | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
POST /v2/{name}/blobs/uploads/                | secret                        | 401    | 404  | 403  404  404  | ok   404  404  | ok   404  404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in team                   | 401    | 404  | 403  403  404  | ok   ok   404  | ok   ok   404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in other                  | 401    | 404  | 403  404  404  | ok   404  404  | ok   404  404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in no namespace           | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
# A blob is mounted only from a repository that the caller may pull; otherwise the caller must send it.
POST /v2/{name}/blobs/uploads/                | closed, mounting from secret  | 401    | 404  | 403  403  403  | mounted ok ok  | mounted ok ok  | 404    | mounted
GET,HEAD /v2/{name}/blobs/uploads/{upload}    | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
PATCH /v2/{name}/blobs/uploads/{upload}       | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
PUT /v2/{name}/blobs/uploads/{upload}         | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/blobs/uploads/{upload}      | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
GET,HEAD /v2/{name}/blobs/uploads/{upload}    | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
PATCH,PUT /v2/{name}/blobs/uploads/{upload}   | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
DELETE /v2/{name}/blobs/uploads/{upload}      | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
PUT /v2/{name}/manifests/{reference}          | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
PUT /v2/{name}/manifests/{reference}          | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
PUT /v2/{name}/manifests/{reference}          | secret                        | 401    | 404  | 403  404  404  | ok   404  404  | ok   404  404  | 404    | ok

# Deletions need MANAGE on the repository, as in the REST API.
DELETE /v2/{name}/manifests/{reference}       | closed                        | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/manifests/{reference}       | closed, by digest             | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/manifests/{reference}       | closed, immutable             | 401    | 404  | 403  403  403  | 403  403  403  | 409  409  409  | 404    | 409
DELETE /v2/{name}/manifests/{reference}       | open, anonymous pull          | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
DELETE /v2/{name}/manifests/{reference}       | secret                        | 401    | 404  | 403  404  404  | 403  404  404  | ok   404  404  | 404    | ok
DELETE /v2/{name}/blobs/{digest}              | closed                        | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/blobs/{digest}              | open, anonymous pull          | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
`)

/**
 * Rows for tokens that were issued to the caller for that repository, with everything that the caller may do there. The
 * token does not contain other scopes: 401, and the client requests another one if it can. `nobody` has an anonymous
 * token, if the instance issues one.
 */
export const tokenRows = parseRows(`
# route                                       | what of it                    | nobody | none | pull: i n r    | push: i n r    | manage: i n r  | beside | admin
GET,HEAD /v2/                                 | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/_catalog                              | all                           | 401    | ok:1 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:1   | ok:3
HEAD /v2/_catalog                             | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/_catalog                              | with a token for closed alone | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 401
GET,HEAD /v2/{name}/manifests/{reference}     | closed                        | 401    | 401  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 401    | ok
GET,HEAD /v2/{name}/manifests/{reference}     | closed, anonymous pull        | 401    | 401  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 401    | ok
GET,HEAD /v2/{name}/manifests/{reference}     | open                          | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/manifests/{reference}     | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET,HEAD /v2/{name}/manifests/{reference}     | secret                        | 401    | 401  | ok   401  401  | ok   401  401  | ok   401  401  | 401    | ok
GET /v2/{name}/manifests/{reference}          | open, with a token for closed | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 401
GET,HEAD /v2/{name}/blobs/{digest}            | closed                        | 401    | 401  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 401    | ok
GET,HEAD /v2/{name}/blobs/{digest}            | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/{name}/tags/list                      | closed                        | 401    | 401  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 401    | ok:1
HEAD /v2/{name}/tags/list                     | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/{name}/referrers/{digest}             | closed                        | 401    | 401  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 401    | ok:1
HEAD /v2/{name}/referrers/{digest}            | open, anonymous pull          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
POST /v2/{name}/blobs/uploads/                | closed                        | 401    | 401  | 401  401  401  | ok   ok   ok   | ok   ok   ok   | 401    | ok
POST /v2/{name}/blobs/uploads/                | open, anonymous pull          | 401    | 401  | 401  401  401  | ok   ok   401  | ok   ok   401  | 401    | ok
POST /v2/{name}/blobs/uploads/                | new in team                   | 401    | 401  | 401  401  401  | ok   ok   401  | ok   ok   401  | 401    | ok
POST /v2/{name}/blobs/uploads/                | new in no namespace           | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 404
GET,HEAD /v2/{name}/blobs/uploads/{upload}    | closed                        | 401    | 401  | 401  401  401  | ok   ok   ok   | ok   ok   ok   | 401    | ok
PATCH,PUT /v2/{name}/blobs/uploads/{upload}   | closed                        | 401    | 401  | 401  401  401  | ok   ok   ok   | ok   ok   ok   | 401    | ok
DELETE /v2/{name}/blobs/uploads/{upload}      | closed                        | 401    | 401  | 401  401  401  | ok   ok   ok   | ok   ok   ok   | 401    | ok
PUT /v2/{name}/manifests/{reference}          | closed                        | 401    | 401  | 401  401  401  | ok   ok   ok   | ok   ok   ok   | 401    | ok
PUT /v2/{name}/manifests/{reference}          | open, anonymous pull          | 401    | 401  | 401  401  401  | ok   ok   401  | ok   ok   401  | 401    | ok
DELETE /v2/{name}/manifests/{reference}       | closed                        | 401    | 401  | 401  401  401  | 403  403  403  | ok   ok   ok   | 401    | ok
DELETE /v2/{name}/manifests/{reference}       | open, anonymous pull          | 401    | 401  | 401  401  401  | 403  403  401  | ok   ok   401  | 401    | ok
DELETE /v2/{name}/blobs/{digest}              | closed                        | 401    | 401  | 401  401  401  | 403  403  403  | ok   ok   ok   | 401    | ok
`)
