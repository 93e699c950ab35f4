import { noResource } from '@/lib/api/route/resource'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = noResource()
