import { plainTexts, shortened } from './bounded-list'
import { itemsOf, membersOf, textOf } from './loose-json'

/** What `Chart.yaml` says, as Helm stores it in the config, within bounds. */
export interface HelmChart {
  readonly name: string | null
  readonly version: string | null
  readonly appVersion: string | null
  readonly description: string | null
  readonly type: string | null
  readonly kubeVersion: string | null
  readonly home: string | null
  /** Name and version of each chart it depends on. */
  readonly dependencies: string[]
}

/** Longest text of one field, in UTF-16 units. */
const textMax = 4096

/** What the list of dependencies may take in an answer, in bytes. */
const dependenciesMaxBytes = 32 * 1024

/** Reads the parsed config of a Helm chart. Fields of a wrong type are left out. */
export function readHelmChart(json: unknown): HelmChart {
  const chart = membersOf(json)
  const field = (name: string) => {
    const text = textOf(chart[name])
    return text === null ? null : shortened(text, textMax)
  }
  return {
    name: field('name'),
    version: field('version'),
    appVersion: field('appVersion'),
    description: field('description'),
    type: field('type'),
    kubeVersion: field('kubeVersion'),
    home: field('home'),
    dependencies: plainTexts(itemsOf(chart.dependencies).flatMap(dependencyOf), dependenciesMaxBytes),
  }
}

function dependencyOf(value: unknown): string[] {
  const { name, version } = membersOf(value)
  const text = textOf(name)
  return text === null ? [] : [[text, textOf(version)].filter((part) => part !== null).join(' ')]
}
