import { z } from 'zod'
import { action } from '@/lib/acr/action'
import { type CallInInstance, lookingFor } from '@/lib/acr/not-exist'
import { pageParameters, readPageOf } from '@/lib/acr/paging'
import { oneOf, optional, text } from '@/lib/acr/parameters'
import { regions as englishNames } from '@/lib/i18n/messages/en.json'
import { regions as chineseNames } from '@/lib/i18n/messages/zh-CN.json'
import { getInstance } from '@/lib/registry/instances/get-instance'
import type { InstanceDetails } from '@/lib/registry/instances/instance-details'
import { listInstances } from '@/lib/registry/instances/list-instances'
import { listRegions } from '@/lib/registry/instances/list-regions'

const instanceStatuses = [
  ...['PENDING', 'INIT_ERROR', 'STARTING', 'RUNNING'],
  ...['STOPPING', 'STOPPED', 'DELETING', 'DELETED'],
]

const getInstanceAction = action({
  name: 'GetInstance',
  input: z.object({ InstanceId: text }),
  async run(call) {
    const instance = await findInstance(call)
    return {
      ...shown(instance),
      CreateTime: Date.parse(instance.createdAt),
      ModifiedTime: Date.parse(instance.updatedAt),
    }
  },
})

/** Those of all regions: one server serves them all. The name is compared as a whole. */
const listInstanceAction = action({
  name: 'ListInstance',
  input: z.object({
    InstanceStatus: optional(oneOf(...instanceStatuses)),
    InstanceName: optional(text),
    ...pageParameters,
  }),
  async run({ ctx, principal, input, host }) {
    const { InstanceStatus = 'RUNNING', InstanceName: name } = input
    const { items, totalCount, fields } = await readPageOf(input, (request) =>
      listInstances(ctx, principal, { ...request, name }, host),
    )
    if (InstanceStatus !== 'RUNNING') return { ...fields, TotalCount: 0, Instances: [] }
    const instances = items.map((instance) => ({
      ...shown(instance),
      RegionId: instance.regionId,
      CreateTime: String(Date.parse(instance.createdAt)),
      ModifiedTime: String(Date.parse(instance.updatedAt)),
    }))
    return { ...fields, TotalCount: totalCount, Instances: instances }
  },
})

const getInstanceCount = action({
  name: 'GetInstanceCount',
  input: z.object({}),
  async run({ ctx, principal, host }) {
    return { Count: (await listInstances(ctx, principal, { pageSize: 1 }, host)).totalCount }
  },
})

/** What a client counts up to: nothing is limited here, and clients read 32 bits. */
const noQuota = '2147483647'

/** As everywhere, the caller's namespaces and repositories are counted: those that they may see. */
const getInstanceUsage = action({
  name: 'GetInstanceUsage',
  input: z.object({ InstanceId: text }),
  async run(call) {
    const { namespaceCount, repositoryCount } = await findInstance(call)
    return {
      NamespaceQuota: noQuota,
      NamespaceUsage: String(namespaceCount),
      RepoQuota: noQuota,
      RepoUsage: String(repositoryCount),
      // Charts are in the same repositories as images, and networks are not ours to link.
      ChartNamespaceQuota: '0',
      ChartNamespaceUsage: '0',
      ChartRepoQuota: '0',
      ChartRepoUsage: '0',
      VpcQuota: '0',
      VpcUsage: '0',
    }
  },
})

const listInstanceRegion = action({
  name: 'ListInstanceRegion',
  input: z.object({ Lang: optional(text) }),
  async run({ ctx, principal, input }) {
    const names = /^zh/i.test(input.Lang ?? '') ? chineseNames : englishNames
    const regions = await listRegions(ctx, principal)
    return { Regions: regions.map(({ id }) => ({ RegionId: id, LocalName: names[id as keyof typeof names] })) }
  },
})

const moduleName = optional(oneOf('Registry', 'Chart'))

const getInstanceEndpoint = action({
  name: 'GetInstanceEndpoint',
  input: z.object({ InstanceId: text, EndpointType: optional(oneOf('internet')), ModuleName: moduleName }),
  async run(call) {
    const instance = await findInstance(call)
    return toEndpoint(call.input.ModuleName === 'Chart' ? [] : internetDomains(instance))
  },
})

const listInstanceEndpoint = action({
  name: 'ListInstanceEndpoint',
  input: z.object({ InstanceId: text, ModuleName: moduleName }),
  async run(call) {
    const instance = await findInstance(call)
    const isChart = call.input.ModuleName === 'Chart'
    const endpoints = [
      { EndpointType: 'internet', ...toEndpoint(isChart ? [] : internetDomains(instance)) },
      { EndpointType: 'vpc', ...toEndpoint(isChart ? [] : [systemDomain(instance.endpoints.vpc)]) },
    ]
    return { Endpoints: endpoints.map((endpoint) => ({ ...endpoint, LinkedVpcs: [] })) }
  },
})

const getInstanceVpcEndpoint = action({
  name: 'GetInstanceVpcEndpoint',
  input: z.object({ InstanceId: text, ModuleName: moduleName }),
  async run(call) {
    const { endpoints } = await findInstance(call)
    const { ModuleName = 'Registry' } = call.input
    const Domains = ModuleName === 'Chart' ? [] : [endpoints.vpc]
    return { ModuleName, Enable: Domains.length > 0, Domains, LinkedVpcs: [] }
  },
})

/** The tags of cloud resources, which Terraform reads of each instance. There are none here. */
const listTagResources = action({
  name: 'ListTagResources',
  input: z.object({}),
  run: () => Promise.resolve({ NextToken: '', TagResources: { TagResource: [] } }),
})

async function findInstance(call: CallInInstance): Promise<InstanceDetails> {
  const { ctx, principal, input, host } = call
  return (await lookingFor('instance', call, () => getInstance(ctx, principal, input.InstanceId, host))).value
}

function shown(instance: InstanceDetails) {
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    InstanceSpecification: instance.specification,
    InstanceStatus: instance.status,
    InstanceIssue: '',
    ResourceGroupId: '',
    Tags: [],
  }
}

interface Domain {
  readonly Domain: string
  readonly Type: 'SYSTEM' | 'USER'
}

function systemDomain(host: string): Domain {
  return { Domain: host, Type: 'SYSTEM' }
}

/** The host that works from where the caller is comes second, where it is another one, such as `localhost:3000`. */
function internetDomains({ endpoints, registryHost, registryAddress }: InstanceDetails): Domain[] {
  const system = systemDomain(endpoints.internet)
  // A domain alone is not the address of an instance that is addressed by path.
  const isOwn = registryHost === registryAddress && registryHost !== endpoints.vpc
  return isOwn && registryHost !== endpoints.internet ? [system, { Domain: registryHost, Type: 'USER' }] : [system]
}

function toEndpoint(domains: readonly Domain[]) {
  const isEnabled = domains.length > 0
  return {
    Enable: isEnabled,
    Status: isEnabled ? 'RUNNING' : 'STOPPED',
    AclEnable: false,
    AclEntries: [],
    Domains: domains,
  }
}

/** Instances and their addresses. */
export const instanceActions = [
  getInstanceAction,
  listInstanceAction,
  getInstanceCount,
  getInstanceUsage,
  listInstanceRegion,
  getInstanceEndpoint,
  listInstanceEndpoint,
  getInstanceVpcEndpoint,
  listTagResources,
]
