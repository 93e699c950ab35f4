import { accessKeyOperations } from './operations/access-keys'
import { auditEventOperations } from './operations/audit-events'
import { credentialOperations } from './operations/credentials'
import { documentOperations } from './operations/document'
import { grantOperations } from './operations/grants'
import { instanceOperations } from './operations/instances'
import { maintenanceOperations } from './operations/maintenance'
import { namespaceOperations } from './operations/namespaces'
import { profileOperations } from './operations/profile'
import { regionOperations } from './operations/regions'
import { repositoryOperations } from './operations/repositories'
import { robotOperations } from './operations/robots'
import { sessionOperations } from './operations/sessions'
import { tagOperations } from './operations/tags'
import { userOperations } from './operations/users'

/** Every operation of the REST API. A route handler can only be made for one of them, so none is undocumented. */
export const operations = {
  ...sessionOperations,
  ...profileOperations,
  ...regionOperations,
  ...instanceOperations,
  ...namespaceOperations,
  ...repositoryOperations,
  ...tagOperations,
  ...maintenanceOperations,
  ...robotOperations,
  ...credentialOperations,
  ...accessKeyOperations,
  ...userOperations,
  ...grantOperations,
  ...auditEventOperations,
  ...documentOperations,
} as const
