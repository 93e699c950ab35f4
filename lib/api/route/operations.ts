import { documentOperations } from './operations/document'
import { instanceOperations } from './operations/instances'
import { maintenanceOperations } from './operations/maintenance'
import { namespaceOperations } from './operations/namespaces'
import { regionOperations } from './operations/regions'
import { repositoryOperations } from './operations/repositories'
import { sessionOperations } from './operations/sessions'
import { tagOperations } from './operations/tags'

/** Every operation of the REST API. A route handler can only be made for one of them, so none is undocumented. */
export const operations = {
  ...sessionOperations,
  ...regionOperations,
  ...instanceOperations,
  ...namespaceOperations,
  ...repositoryOperations,
  ...tagOperations,
  ...maintenanceOperations,
  ...documentOperations,
} as const
