import fc from 'fast-check'
import type { Api } from '../api'
import type { ServerInfo } from '../server'
import { uniqueName } from '../unique-name'
import { type Step, step } from './fuzz-grammar'
import { KnownRepository, RegistryModel } from './fuzz-model'
import { type FuzzRequest, bytesOf, commandFor } from './fuzz-request'
import { type WireAnswer, WireConnection } from './wire-connection'

/** How long an answer may take, in milliseconds: far longer than any should, on a machine that has other things to do. */
const answerMs = 30_000

/** How long a batch may take with all that it takes to make a counterexample smaller, in milliseconds. */
const shrinkMs = 120_000

const stepsMax = 40
const sequencesPerBatch = 40

export interface FuzzOptions {
  /** The first batch's; the same seed makes the same requests. */
  readonly seed: number
  /** How many to send at least. */
  readonly requests: number
  /** How many clients at once, each with repositories of its own. */
  readonly clients: number
}

/** What was sent, and how often each kind of write and read succeeded. */
export interface FuzzReport {
  readonly requests: number
  readonly statuses: ReadonlyMap<number, number>
  readonly successes: ReadonlyMap<string, number>
}

/**
 * Sends generated requests to a server and checks every answer. Throws with the smallest sequence of requests that it
 * found to break a promise, as lines for a shell, and the seed that finds it again.
 */
export async function fuzz(server: ServerInfo, api: Api, options: FuzzOptions): Promise<FuzzReport> {
  const statuses = new Map<number, number>()
  const successes = new Map<string, number>()
  let requests = 0
  const count = (status: number) => {
    requests++
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const client = async (number: number) => {
    for (let batch = 0; requests < options.requests; batch++) {
      const model = await runBatch(server, api, options.seed + number * 1000 + batch, count)
      for (const [what, times] of model.successes) successes.set(what, (successes.get(what) ?? 0) + times)
    }
  }
  await Promise.all(Array.from({ length: options.clients }, (_, number) => client(number)))
  return { requests, statuses, successes }
}

async function runBatch(
  server: ServerInfo,
  api: Api,
  seed: number,
  count: (status: number) => void,
): Promise<RegistryModel> {
  const model = await makeModel(api)
  // The first is what was found; the others are of smaller sequences.
  const errors: string[] = []
  const sequence = fc.array(step, { minLength: 1, maxLength: stepsMax, size: 'max' })
  const property = fc.asyncProperty(sequence, async (steps) => {
    // A run that fails leaves requests whose answers nobody has read: what it knows is no longer true.
    const known = errors.length === 0 ? model : await makeModel(api)
    try {
      await new Client(server, known, count).run(steps)
    } catch (error) {
      errors.push(describe(error))
      throw error
    }
  })
  const details = await fc.check(property, {
    seed,
    numRuns: sequencesPerBatch,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs)],
  })
  if (details.failed) {
    const smallest = describe(details.errorInstance)
    const [first] = errors
    throw new Error(`FUZZ_SEED=${seed}: ${first}${smallest === first ? '' : `\n\nThe smallest: ${smallest}`}`)
  }
  await verify(server, model, count)
  return model
}

/** Repositories of every kind that a push meets: mutable, immutable, with a long name, and not there until then. */
async function makeModel(api: Api): Promise<RegistryModel> {
  const mutable = await api.createRepository({ name: uniqueName('fuzz') })
  const immutable = await api.createRepository({ name: uniqueName('fuzz'), tagImmutability: true })
  const deep = await api.createRepository({ name: `${uniqueName('fuzz')}/blobs/uploads` })
  return new RegistryModel(
    [mutable, immutable, deep].map(
      ({ namespace, name, tagImmutability }) => new KnownRepository(`${namespace}/${name}`, tagImmutability),
    ),
  )
}

/** Reads all that was acknowledged once more. */
async function verify(server: ServerInfo, model: RegistryModel, count: (status: number) => void): Promise<void> {
  const reads = model.repositories.flatMap(({ path, tags, manifests, blobs }) => [
    ...[...tags.keys(), ...manifests.keys()].map((name) => `/v2/${path}/manifests/${name}`),
    ...[...blobs].map((digest) => `/v2/${path}/blobs/${digest}`),
  ])
  const get = (target: string): FuzzRequest => ({
    method: 'GET',
    target,
    version: 'HTTP/1.1',
    headers: [],
    body: Buffer.alloc(0),
    framing: { kind: 'exact' },
    isMalformed: false,
    isAltered: false,
  })
  await new Client(server, model, count).run(reads.map((target) => [() => get(target)]))
}

/** One connection after the other; a sequence is told with all that was said. */
class Client {
  readonly #server: ServerInfo
  readonly #model: RegistryModel
  readonly #count: (status: number) => void
  readonly #said: string[] = []
  #connection: WireConnection | null = null

  constructor(server: ServerInfo, model: RegistryModel, count: (status: number) => void) {
    this.#server = server
    this.#model = model
    this.#count = count
  }

  async run(steps: readonly Step[]): Promise<void> {
    try {
      for (const step of steps) await this.#take(step)
    } catch (error) {
      throw new Error(`${describe(error)}\n\n${this.#said.join('\n')}`, { cause: error })
    } finally {
      this.#hangUp()
    }
  }

  async #take(step: Step): Promise<void> {
    const made = step.map((make) => make(this.#model))
    // A refusal of one that is no HTTP may come in place of answers that are still being made.
    const isMalformed = made.some((request) => request.isMalformed)
    const requests = made.map((request) => ({ ...request, isMalformed }))
    const bytes = requests.map((request) => bytesOf(request, this.#server))
    for (const each of bytes) this.#said.push(commandFor(each, this.#server.port))
    if (this.#connection?.isOpen !== true) this.#connection = await WireConnection.open(this.#server.port)
    const connection = this.#connection
    connection.write(Buffer.concat(bytes))
    const last = requests.at(-1)
    if (last?.framing.kind === 'short') connection.endWriting()
    // Node overlooks what is no HTTP on a connection that was asked to speak something else, until the idle time-out.
    const asksForUpgrade = requests.some(({ headers }) => headers.some(([name]) => name === 'Upgrade'))
    if (last?.framing.kind === 'abort' || (asksForUpgrade && isMalformed)) {
      this.#hangUp()
      for (const request of requests) this.#model.forget(request)
      this.#count(0)
      return
    }
    const isAlone = requests.every(({ method }) => method === 'GET' || method === 'HEAD') || requests.length === 1
    let isOver = false
    for (const request of requests) {
      const answer = isOver ? null : await connection.read(request.method === 'HEAD', answerMs)
      this.#count(answer?.status ?? 0)
      if (answer === null) {
        if (!isOver && !isMalformed) throw new Error('not kept: every request is answered')
        this.#model.forget(request)
        isOver = true
        continue
      }
      this.#said.push(`# ${answer.status} ${answer.body.toString('latin1', 0, 300)}`)
      this.#model.observe(request, answer, isAlone)
      isOver = isClosing(answer)
    }
    if (isOver || isMalformed || asksForUpgrade) this.#hangUp()
  }

  #hangUp(): void {
    this.#connection?.destroy()
    this.#connection = null
  }
}

function isClosing({ headers }: WireAnswer): boolean {
  return headers.get('connection')?.some((value) => value.toLowerCase() === 'close') === true
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
