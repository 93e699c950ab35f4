import { parseRows } from './matrix'

/*
 * Who gets which answer from the registry (`/v2`): policy, written by hand (docs/decisions/0017-permissions.md says why it
 * is so).
 *
 * A new route or method fails lib/protocol/access-matrix.test.ts until it has a row here. A row: methods and template of a
 * route | what of it | nobody | none | pull: i n r | push: i n r | manage: i n r | beside | admin, as in rest.ts, whose world
 * this is; `nobody` shows no credentials. An answer: `ok` with how many things a list shows, `mounted` for a blob that
 * need not be sent, or the status of the refusal: 401 prove who you are, or get a token for this; 403 you may not; 404
 * there is no such repository for you.
 *
 * Whoever shows a credential that does not count here and now gets 401 in every row, also where nobody needs one.
 */

/** Rows for HTTP Basic: a registry password, a temporary token and a robot with the same grants are answered the same. */
export const basicRows = parseRows(`
# route                                       | what of it                    | nobody | none | pull: i n r    | push: i n r    | manage: i n r  | beside | admin
GET,HEAD /v2/                                 | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
GET /v2/_catalog                              | all                           | 401    | ok:1 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:1   | ok:3
HEAD /v2/_catalog                             | all                           | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

# What a token is made out for of all that is asked for: pull, push, delete.
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
# The specification has no 404 here: what one may not know of has no referrers.
GET /v2/{name}/referrers/{digest}             | closed                        | 401    | ok:0 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:0   | ok:1
GET /v2/{name}/referrers/{digest}             | open                          | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
GET /v2/{name}/referrers/{digest}             | open, anonymous pull          | ok:1   | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
HEAD /v2/{name}/referrers/{digest}            | closed                        | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

# Pushes. Anonymous pull allows none.
POST /v2/{name}/blobs/uploads/                | closed                        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
POST /v2/{name}/blobs/uploads/                | open, anonymous pull          | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
POST /v2/{name}/blobs/uploads/                | secret                        | 401    | 404  | 403  404  404  | ok   404  404  | ok   404  404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in team                   | 401    | 404  | 403  403  404  | ok   ok   404  | ok   ok   404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in other                  | 401    | 404  | 403  404  404  | ok   404  404  | ok   404  404  | 404    | ok
POST /v2/{name}/blobs/uploads/                | new in no namespace           | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
# A blob is mounted from where one may pull only; else it has to be sent.
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

# Deletions are for who manages a repository, as in the REST API.
DELETE /v2/{name}/manifests/{reference}       | closed                        | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/manifests/{reference}       | closed, by digest             | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/manifests/{reference}       | closed, immutable             | 401    | 404  | 403  403  403  | 403  403  403  | 409  409  409  | 404    | 409
DELETE /v2/{name}/manifests/{reference}       | open, anonymous pull          | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
DELETE /v2/{name}/manifests/{reference}       | secret                        | 401    | 404  | 403  404  404  | 403  404  404  | ok   404  404  | 404    | ok
DELETE /v2/{name}/blobs/{digest}              | closed                        | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
DELETE /v2/{name}/blobs/{digest}              | open, anonymous pull          | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
`)

/**
 * Rows for tokens that the caller was given for that repository, with all that they may there. What they may not, the
 * token is not made out for: 401, and the client gets another one if it can. `nobody` has the token of the anonymous,
 * where the instance gives one.
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
