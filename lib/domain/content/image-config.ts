import { platformOf } from '../manifest'
import { type BoundedList, type NamedText, firstItems, namedTexts, plainTexts, shortened } from './bounded-list'
import { itemsOf, membersOf, textOf, textsOf, timeOf } from './loose-json'
import type { ContentDescriptor } from './manifest-content'

/** What an image config says (OCI image-spec, "Image Configuration"), within bounds. Times are UTC, ISO 8601. */
export interface ImageConfig {
  readonly platform: string | null
  readonly createdAt: string | null
  readonly author: string | null
  readonly user: string | null
  readonly entrypoint: string[] | null
  readonly command: string[] | null
  readonly workingDirectory: string | null
  readonly stopSignal: string | null
  readonly ports: string[]
  readonly volumes: string[]
  readonly environment: BoundedList<NamedText>
  readonly labels: BoundedList<NamedText>
}

/** A layer, or a step of the build that made none. */
export interface ImageStep {
  /** Null: a step that made no layer. */
  readonly layer: ContentDescriptor | null
  readonly createdBy: string | null
  readonly createdAt: string | null
}

/** Longest text of one field, in UTF-16 units. */
const textMax = 4096

/** What a list of the config may take in an answer, in bytes. */
const namedMaxBytes = 96 * 1024
const plainMaxBytes = 16 * 1024

/** Reads a parsed image config. Fields of a wrong type are left out. */
export function readImageConfig(json: unknown): ImageConfig {
  const { created, author, config } = membersOf(json)
  const { User, Entrypoint, Cmd, WorkingDir, StopSignal, ExposedPorts, Volumes, Env, Labels } = membersOf(config)
  const platform = platformOf(json)
  return {
    platform: platform === null ? null : shortened(platform, 255),
    createdAt: timeOf(created),
    author: fieldOf(author),
    user: fieldOf(User),
    entrypoint: commandOf(Entrypoint),
    command: commandOf(Cmd),
    workingDirectory: fieldOf(WorkingDir),
    stopSignal: fieldOf(StopSignal),
    ports: plainTexts(Object.keys(membersOf(ExposedPorts)), plainMaxBytes),
    volumes: plainTexts(Object.keys(membersOf(Volumes)), plainMaxBytes),
    environment: environmentOf(Env),
    labels: namedTexts(textsOf(Labels), namedMaxBytes),
  }
}

/**
 * Joins the layers of an image with the history in its parsed config, in order. Where both do not have the same number
 * of layers, nothing says which step made which layer: then the steps are left out.
 */
export function readImageSteps(layers: readonly ContentDescriptor[], json: unknown): ImageStep[] {
  const history = itemsOf(membersOf(json).history).map(membersOf)
  const makers = history.filter(({ empty_layer: isEmpty }) => isEmpty !== true)
  if (makers.length !== layers.length) return layers.map((layer) => ({ layer, createdBy: null, createdAt: null }))
  const remaining = layers.values()
  return history.map(({ empty_layer: isEmpty, created, created_by: createdBy }) => ({
    layer: isEmpty === true ? null : (remaining.next().value ?? null),
    createdBy: fieldOf(createdBy),
    createdAt: timeOf(created),
  }))
}

function fieldOf(value: unknown): string | null {
  const text = textOf(value)
  return text === null ? null : shortened(text, textMax)
}

function commandOf(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null
  return plainTexts(textItems(value), plainMaxBytes)
}

/** All variables of a parsed image config, by name. The last one of a name counts, as it does for a container. */
export function environmentVariables(json: unknown): ReadonlyMap<string, string> {
  return new Map(textItems(membersOf(membersOf(json).config).Env).map(splitVariable))
}

/** All labels of a parsed image config, by name. */
export function imageLabels(json: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(textsOf(membersOf(membersOf(json).config).Labels)))
}

/** In order. A variable that is set twice is listed twice, as it stands there. */
function environmentOf(value: unknown): BoundedList<NamedText> {
  return firstItems(
    textItems(value),
    (variable) => {
      const [name, text] = splitVariable(variable)
      return { name: shortened(name, textMax), value: shortened(text, textMax) }
    },
    namedMaxBytes,
  )
}

function textItems(value: unknown): string[] {
  return itemsOf(value).filter((item) => typeof item === 'string')
}

/** `NAME=value`; one without `=` has an empty value. */
function splitVariable(variable: string): [name: string, value: string] {
  const end = variable.indexOf('=')
  return end < 0 ? [variable, ''] : [variable.slice(0, end), variable.slice(end + 1)]
}
