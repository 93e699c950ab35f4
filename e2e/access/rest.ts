import { parseRows } from './matrix'

/*
 * The answer of the REST API to each caller: the policy, written by hand (docs/decisions/0017-permissions.md has the
 * reasons).
 *
 * A new operation fails lib/api/route/access-matrix.test.ts until it has a row here and a request in that test. A row
 * is: operation | what of it | nobody | none | pull: i n r | push: i n r | manage: i n r | beside | admin, where i, n,
 * r is the scope of the grant: the instance `main`, its namespace `team`, its repository `team/closed`. An answer is
 * `ok` with the number of listed items, or the status of the error: 401 authentication is required, 403 not permitted,
 * 404 does not exist for this caller. With 400 and 409 the caller has the permission, but the request is refused for
 * another reason.
 *
 * The test data: instance `main` has team/closed (PRIVATE), team/open (PUBLIC), other/secret (PRIVATE) and the empty
 * namespace `spare`; instance `beside` has only team/closed (PRIVATE); instance `empty` has nothing.
 */

/** The rows of the REST API. */
export const restRows = parseRows(`
# operation             | what of it                 | nobody | none | pull: i n r    | push: i n r    | manage: i n r  | beside | admin
listRegions             | all                        | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

search                  | for v1                     | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

listInstances           | all                        | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:2   | ok:3
createInstance          | any                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
getInstance             | main                       | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getInstance             | beside                     | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
updateInstance          | main, anonymous pull       | 401    | 403  | 403  403  403  | 403  403  403  | ok   403  403  | 403    | ok
updateInstance          | beside, anonymous pull     | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
updateInstance          | main, name                 | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
deleteInstance          | empty                      | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok

listNamespaces          | main                       | 401    | ok:1 | ok:3 ok:1 ok:1 | ok:3 ok:1 ok:1 | ok:3 ok:1 ok:1 | ok:1   | ok:3
listNamespaces          | beside                     | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:1   | ok:1
createNamespace         | main                       | 401    | 403  | 403  403  403  | 403  403  403  | ok   403  403  | 403    | ok
createNamespace         | beside                     | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getNamespace            | team                       | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getNamespace            | other                      | 401    | 404  | ok   404  404  | ok   404  404  | ok   404  404  | 404    | ok
updateNamespace         | team                       | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
updateNamespace         | other                      | 401    | 404  | 403  404  404  | 403  404  404  | ok   404  404  | 404    | ok
deleteNamespace         | team, which is not empty   | 401    | 403  | 403  403  403  | 403  403  403  | 409  409  403  | 403    | 409
deleteNamespace         | spare                      | 401    | 404  | 403  404  404  | 403  404  404  | ok   404  404  | 404    | ok

listRepositories        | main                       | 401    | ok:1 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:3 ok:2 ok:2 | ok:1   | ok:3
listRepositories        | beside                     | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:1   | ok:1
createRepository        | in team                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
createRepository        | in other                   | 401    | 400  | 403  400  400  | 403  400  400  | ok   400  400  | 400    | ok
createRepository        | in no namespace            | 401    | 400  | 400  400  400  | 400  400  400  | 400  400  400  | 400    | 400
createRepository        | in beside's team           | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getRepository           | closed                     | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getRepository           | open                       | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getRepository           | secret                     | 401    | 404  | ok   404  404  | ok   404  404  | ok   404  404  | 404    | ok
getRepository           | beside's closed            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getRepositoryByName     | closed                     | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getRepositoryByName     | open                       | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getRepositoryByName     | secret                     | 401    | 404  | ok   404  404  | ok   404  404  | ok   404  404  | 404    | ok
getRepositoryByName     | nothing                    | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
getRepositoryByName     | beside's closed            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
updateRepository        | closed                     | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
updateRepository        | open                       | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
updateRepository        | beside's closed            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
deleteRepository        | closed                     | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
deleteRepository        | open                       | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
deleteRepository        | closed, immutable          | 401    | 404  | 403  403  403  | 403  403  403  | 409  409  409  | 404    | 409
deleteRepository        | closed, immutable, forced  | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | ok

getImmutability         | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getImmutability         | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
previewImmutability     | of closed                  | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
previewImmutability     | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
checkImmutability       | in closed                  | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
checkImmutability       | in closed, immutable       | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
checkImmutability       | in open                    | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
listOpenings            | of closed                  | 401    | 404  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
listOpenings            | of open                    | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
openTag                 | of closed, mutable         | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | 409
openTag                 | of closed, immutable       | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | ok
openTag                 | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | 409
closeOpening            | of closed                  | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | ok
closeOpening            | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
listImmutabilityChanges | of main                    | 401    | ok:0 | ok:0 ok:0 ok:0 | ok:0 ok:0 ok:0 | ok:0 ok:0 ok:0 | ok:0   | ok:1
listImmutabilityChanges | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:0   | ok:0
createImmutabilityChange | of closed                 | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   ok   | 403    | ok
createImmutabilityChange | of all that match         | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   ok   | 403    | ok
createImmutabilityChange | in beside                 | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
previewImmutabilityChange | of closed                | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   ok   | 403    | ok
previewImmutabilityChange | in beside                | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getImmutabilityChange   | of an administrator        | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | ok

listTags                | of closed                  | 401    | 404  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
listTags                | of open                    | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
listUntaggedManifests   | of closed                  | 401    | 404  | 403  403  403  | 403  403  403  | ok:0 ok:0 ok:0 | 404    | ok:0
listUntaggedManifests   | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | ok:0 ok:0 403  | 403    | ok:0
getTag                  | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getTag                  | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getTagSpace             | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getTagSpace             | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getRepositorySpace      | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getRepositorySpace      | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getInstanceSpace        | of main                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   403  403  | 403    | ok
getInstanceSpace        | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getFigures              | of main                    | 401    | 403  | ok   403  403  | ok   403  403  | ok   403  403  | 403    | ok
getFigures              | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getTransparencyLog      | of main                    | 401    | 403  | ok   403  403  | ok   403  403  | ok   403  403  | 403    | ok
getTransparencyLog      | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getTagEvidence          | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getTagEvidence          | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getTagEvidence          | of no tag of closed        | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
copyTag                 | in closed                  | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
copyTag                 | in closed, over protected  | 401    | 404  | 403  403  403  | 409  409  409  | 409  409  409  | 404    | 409
copyTag                 | from open to closed        | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
copyTag                 | from secret to closed      | 401    | 404  | 403  403  403  | ok   404  404  | ok   404  404  | 404    | ok
copyTag                 | from closed to open        | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
copyTag                 | from beside's to closed    | 401    | 404  | 403  403  403  | 404  404  404  | 404  404  404  | 404    | 400
copyTag                 | from closed to beside's    | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 400
restoreTag              | of closed                  | 401    | 404  | 403  403  403  | ok   ok   ok   | ok   ok   ok   | 404    | ok
restoreTag              | of open                    | 401    | 403  | 403  403  403  | ok   ok   403  | ok   ok   403  | 403    | ok
restoreTag              | protected                  | 401    | 404  | 403  403  403  | 409  409  409  | 409  409  409  | 404    | 409
deleteTag               | of closed                  | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
deleteTag               | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
deleteTag               | protected                  | 401    | 404  | 403  403  403  | 403  403  403  | 409  409  409  | 404    | 409
deleteTag               | protected, with a reason   | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | ok
deleteTags              | of closed                  | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
deleteTags              | of open                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok

listRepositoryEvents    | of closed                  | 401    | 404  | 403  403  403  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
listRepositoryEvents    | of open                    | 401    | 403  | 403  403  403  | ok:1 ok:1 403  | ok:1 ok:1 403  | 403    | ok:1
listRepositoryEvents    | of beside's closed         | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:1   | ok:1
getTagHistory           | of closed                  | 401    | 404  | 403  403  403  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
getTagHistory           | of open                    | 401    | 403  | 403  403  403  | ok:1 ok:1 403  | ok:1 ok:1 403  | 403    | ok:1
getTagHistory           | of no tag of closed        | 401    | 404  | 403  403  403  | 404  404  404  | 404  404  404  | 404    | 404
getManifest             | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getManifest             | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getManifest             | of no manifest of closed   | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
downloadManifest        | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
downloadManifest        | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
downloadFile            | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
downloadFile            | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
downloadFile            | which the manifest does not name | 401 | 404 | 404 404 404 | 404  404  404  | 404  404  404  | 404    | 404
listAttachments         | of closed                  | 401    | 404  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
listAttachments         | of open                    | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
compareContent          | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
compareContent          | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
compareContent          | of no tag of closed        | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
getManifestOfTag        | of closed                  | 401    | 404  | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | 404    | ok
getManifestOfTag        | of open                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
listTombstones          | of closed                  | 401    | 404  | 403  403  403  | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | 404    | ok:1
listTombstones          | of open                    | 401    | 403  | 403  403  403  | ok:1 ok:1 403  | ok:1 ok:1 403  | 403    | ok:1
releaseTagName          | in closed                  | 401    | 404  | 403  403  403  | 403  403  403  | 403  403  403  | 404    | ok
releaseTagName          | in open                    | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
listInstanceEvents      | of main                    | 401    | 403  | 403  403  403  | 403  403  403  | ok:3 403  403  | 403    | ok:3
listInstanceEvents      | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:1   | ok:1

listGarbageCollections  | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:1
createGarbageCollection | a dry run                  | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
getGarbageCollection    | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
listPlannedManifests    | of a run                   | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:0
listScrubs              | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:1
createScrub             | any                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
getScrub                | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok

listUsers               | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:14
createUser              | any                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
getUser                 | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
updateUser              | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
deleteUser              | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
inviteUser              | any                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
renewInvitation         | of one without a password  | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
renewInvitation         | of one with a password     | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | 409
revokeInvitation        | of one who is invited      | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
revokeInvitation        | of one who is not invited  | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
resetSecondFactor       | of one                     | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
listAccessKeysOfUser    | of one                     | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:1
updateAccessKeyOfUser   | of one                     | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
deleteAccessKeyOfUser   | of one                     | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok

# Of 22 grants 21 are on main or in it, 12 on team or in it, 6 on team/closed; whoever has one sees it.
listGrants              | all                        | 401    | ok:0 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:21 ok:12 ok:6 | ok:1 | ok:22
createGrant             | on main                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   403  403  | 403    | ok
createGrant             | on team                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   ok   403  | 403    | ok
createGrant             | on closed                  | 401    | 404  | 403  403  403  | 403  403  403  | ok   ok   ok   | 404    | ok
createGrant             | on beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
getGrant                | pull-repository's          | 401    | 404  | 404  404  ok   | 404  404  404  | ok   ok   ok   | 404    | ok
getGrant                | manage-instance's          | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
updateGrant             | pull-repository's          | 401    | 404  | 404  404  403  | 404  404  404  | ok   ok   ok   | 404    | ok
updateGrant             | manage-instance's          | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
deleteGrant             | pull-repository's          | 401    | 404  | 404  404  403  | 404  404  404  | ok   ok   ok   | 404    | ok
deleteGrant             | manage-instance's          | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
listGrantSubjects       | for closed                 | 401    | 404  | 403  403  403  | 403  403  403  | ok:27 ok:27 ok:27 | 404 | ok:27
listGrantSubjects       | for main                   | 401    | 403  | 403  403  403  | 403  403  403  | ok:27 403 403  | 403    | ok:27

listAllRobots           | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok:14
listRobots              | of main                    | 401    | 403  | 403  403  403  | 403  403  403  | ok:13 403 403  | 403    | ok:13
listRobots              | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:1   | ok:1
createRobot             | of main                    | 401    | 403  | 403  403  403  | 403  403  403  | ok   403  403  | 403    | ok
createRobot             | of main, granted beside    | 401    | 403  | 403  403  403  | 403  403  403  | 400  403  403  | 403    | 400
getRobot                | of main                    | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
updateRobot             | of main                    | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
rotateRobotSecret       | of main                    | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok
deleteRobot             | of main                    | 401    | 404  | 404  404  404  | 404  404  404  | ok   404  404  | 404    | ok

# What is one's own: everybody's, and nobody else's.
getCredentials          | of main                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getCredentials          | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
setRegistryPassword     | of main                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
setRegistryPassword     | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
removeRegistryPassword  | of main                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
removeRegistryPassword  | of beside                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
listTemporaryTokens     | of main                    | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:3
listTemporaryTokens     | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok:0   | ok:1
createTemporaryToken    | of main                    | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
createTemporaryToken    | of beside                  | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | ok     | ok
revokeTemporaryToken    | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
revokeTemporaryToken    | somebody else's            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
listAccessKeys          | one's own                  | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
createAccessKey         | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
updateAccessKey         | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
updateAccessKey         | somebody else's            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
deleteAccessKey         | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
deleteAccessKey         | somebody else's            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
getProfile              | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
changePassword          | knowing it                 | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
changePassword          | not knowing it             | 401    | 400  | 400  400  400  | 400  400  400  | 400  400  400  | 400    | 400
getSecondFactor         | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
createSecondFactor      | knowing the password       | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
createSecondFactor      | not knowing it             | 401    | 400  | 400  400  400  | 400  400  400  | 400  400  400  | 400    | 400
confirmSecondFactor     | none set up                | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
createRecoveryCodes     | no second factor           | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
removeSecondFactor      | no second factor           | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
listSessions            | one's own                  | 401    | ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1 ok:1 ok:1 | ok:1   | ok:1
deleteOneSession        | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
deleteOneSession        | somebody else's            | 401    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
deleteEverySession      | one's own                  | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok

# A session is the console's: an access key has none.
getSession              | by a session               | 401    | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
getSession              | by an access key           | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 401
createSession           | name and password          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
createSession           | a wrong password           | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 401
createSession           | of a disabled user         | 403    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | 403
createSession           | the registry's password    | 401    | 401  | 401  401  401  | 401  401  401  | 401  401  401  | 401    | 401
readInvitation          | an open one                | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
readInvitation          | of no such token           | 404    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
acceptInvitation        | an open one                | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
acceptInvitation        | a revoked one              | 410    | 410  | 410  410  410  | 410  410  410  | 410  410  410  | 410    | 410
acceptInvitation        | of no such token           | 404    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
deleteSession           | one's own or none          | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
startSingleSignOn       | no provider                | 404    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404
finishSingleSignOn      | no provider                | 404    | 404  | 404  404  404  | 404  404  404  | 404  404  404  | 404    | 404

listAuditEvents         | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
exportAuditEvents       | all                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok
getAuditEvent           | one                        | 401    | 403  | 403  403  403  | 403  403  403  | 403  403  403  | 403    | ok

getOpenApiDocument      | all                        | ok     | ok   | ok   ok   ok   | ok   ok   ok   | ok   ok   ok   | ok     | ok
`)
