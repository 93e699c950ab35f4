import { accessKeyOperations } from './access-keys'
import { auditEventOperations } from './audit-events'
import { credentialOperations } from './credentials'
import { documentOperations } from './document'
import { figureOperations } from './figures'
import { grantOperations } from './grants'
import { immutabilityOperations } from './immutability'
import { immutabilityChangeOperations } from './immutability-changes'
import { instanceOperations } from './instances'
import { invitationOperations } from './invitations'
import { maintenanceOperations } from './maintenance'
import { manifestOperations } from './manifests'
import { namespaceOperations } from './namespaces'
import { profileOperations } from './profile'
import { regionOperations } from './regions'
import { repositoryOperations } from './repositories'
import { robotOperations } from './robots'
import { searchOperations } from './search'
import { sessionOperations } from './sessions'
import { spaceOperations } from './space'
import { tagEventOperations } from './tag-events'
import { tagOperations } from './tags'
import { userOperations } from './users'

/** All operations of the REST API. A route handler can be made only for one of these, so every route is documented. */
export const operations = {
  ...sessionOperations,
  ...profileOperations,
  ...regionOperations,
  ...instanceOperations,
  ...namespaceOperations,
  ...repositoryOperations,
  ...immutabilityOperations,
  ...immutabilityChangeOperations,
  ...tagOperations,
  ...tagEventOperations,
  ...manifestOperations,
  ...maintenanceOperations,
  ...robotOperations,
  ...credentialOperations,
  ...accessKeyOperations,
  ...userOperations,
  ...invitationOperations,
  ...grantOperations,
  ...auditEventOperations,
  ...searchOperations,
  ...spaceOperations,
  ...figureOperations,
  ...documentOperations,
} as const
