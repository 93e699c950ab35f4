import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Checkpoint, cosign, parseCheckpoint } from '@/lib/transparency/checkpoint'
import { type VerifierKey, verifierKey } from '@/lib/transparency/note'
import { verifyConsistency } from '@/lib/transparency/proofs'

/** A request to a witness, as it came. */
export interface WitnessRequest {
  readonly old: number
  readonly proof: readonly Uint8Array[]
  readonly checkpoint: Checkpoint
  /** What is signed of it. */
  readonly text: string
}

/** An answer in place of the honest one; null: the honest one. */
export type WitnessLie = (
  request: WitnessRequest,
  response: ServerResponse,
) => { readonly status?: number; readonly type?: string; readonly body: string } | 'answered' | null

/** A witness that runs here, as https://c2sp.org/tlog-witness describes it; and one that lies, when told how. */
export class TestWitness {
  readonly key: VerifierKey
  readonly privateKey: KeyObject
  readonly requests: WitnessRequest[] = []
  /** The newest checkpoint that it cosigned, by origin. */
  readonly seen = new Map<string, Checkpoint>()
  lie: WitnessLie = () => null
  /** `STELE_LOG_WITNESSES` of this witness alone. */
  setting = ''
  readonly #server: Server

  private constructor(name: string) {
    this.privateKey = generateKeyPairSync('ed25519').privateKey
    this.key = verifierKey(name, 'cosignature', this.privateKey)
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(name = 'witness.example/one'): Promise<TestWitness> {
    const witness = new TestWitness(name)
    await new Promise<void>((resolve) => witness.#server.listen(0, '127.0.0.1', resolve))
    const { port } = witness.#server.address() as AddressInfo
    witness.setting = `${witness.key.text} http://127.0.0.1:${port}/prefix/`
    return witness
  }

  /** A cosignature of this text by this witness, as it answers it. */
  cosign(text: string, time = Math.floor(Date.now() / 1000)): string {
    return `${cosign(text, this.key.name, this.privateKey, time)}\n`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = readRequest(await text(request))
    this.requests.push(read)
    if (request.url !== '/prefix/add-checkpoint' || request.method !== 'POST') {
      response.writeHead(400).end()
      return
    }
    const lie = this.lie(read, response)
    if (lie === 'answered') return
    const { status = 200, type = 'text/plain', body } = lie ?? this.#honest(read)
    response.writeHead(status, { 'content-type': type }).end(body)
  }

  #honest({ old, proof, checkpoint, text }: WitnessRequest) {
    const seen = this.seen.get(checkpoint.origin) ?? { origin: checkpoint.origin, size: 0, root: new Uint8Array() }
    if (old !== seen.size) return { status: 409, type: 'text/x.tlog.size', body: `${seen.size}\n` }
    if (!verifyConsistency(proof, seen, checkpoint)) return { status: 422, body: 'no proof\n' }
    this.seen.set(checkpoint.origin, checkpoint)
    return { body: this.cosign(text) }
  }
}

function readRequest(body: string): WitnessRequest {
  const [head = '', ...rest] = body.split('\n\n')
  const [old = '', ...proof] = head.split('\n')
  const checkpoint = parseCheckpoint(rest.join('\n\n'))
  return {
    old: Number(old.replace('old ', '')),
    proof: proof.map((line) => Buffer.from(line, 'base64')),
    checkpoint,
    text: checkpoint.note.text,
  }
}
