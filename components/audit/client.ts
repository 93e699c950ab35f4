import { readUserAgent } from '../account/browser'

/** Programs by the name that stands in their `User-Agent` header, before a slash and a version. */
const programs = [
  ['Terraform', /\bterraform(?:[- ]provider[-\w]*)?\/v?([\d.]+)/i],
  ['docker', /^docker\/([\d.]+)/i],
  ['docker', /UpstreamClient\(Docker-Client\/([\d.]+)/],
  ['podman', /\b(?:podman|libpod)\/v?([\d.]+)/i],
  ['buildah', /\bbuildah\/v?([\d.]+)/i],
  ['skopeo', /\bskopeo\/v?([\d.]+)/i],
  ['CRI-O', /\bcri-o\/v?([\d.]+)/i],
  ['containerd', /\bcontainerd\/v?([\d.]+)/i],
  ['nerdctl', /\bnerdctl\/v?([\d.]+)/i],
  ['BuildKit', /\bbuildkit\/v?([\d.]+)/i],
  ['Helm', /\bhelm\/v?([\d.]+)/i],
  ['ORAS', /\boras(?:-go|-py)?\/v?([\d.]+)/i],
  ['cosign', /\bcosign\/v?([\d.]+)/i],
  ['crane', /\bcrane\/v?([\d.]+)/i],
  ['go-containerregistry', /\bgo-containerregistry\/v?([\d.]+)/i],
  ['regclient', /\bregclient\/(?:\w+ \()?v?([\d.]+)/i],
  ['kaniko', /\bkaniko\/v?([\d.]+)/i],
  ['Jib', /\bjib\/?[- \w]*?([\d.]+)/i],
  ['Trivy', /\btrivy\/v?([\d.]+)/i],
  ['containers/image', /\bcontainers\/([\d.]+)/i],
  ['Alibaba Cloud SDK', /^AlibabaCloud\b.*?\b(?:Core|TeaDSL)\/([\d.]+)/i],
  ['Python requests', /\bpython-requests\/([\d.]+)/i],
  ['wget', /\bwget\/([\d.]+)/i],
  ['curl', /^curl\/([\d.]+)/i],
  ['Node.js', /^(?:node|undici)(?:\/v?([\d.]+))?$/i],
  ['Go', /^Go-http-client\/([\d.]+)/i],
] as const

/** A client as people call it: a program with its version, or a browser with its system; null: what it says is unknown. */
export type Client =
  | { readonly kind: 'program'; readonly name: string; readonly version: string }
  | { readonly kind: 'browser'; readonly browser: string; readonly system: string | null }

/** Reads who a `User-Agent` header is of. Versions are cut to two numbers. Null for one that is not known. */
export function readClient(userAgent: string): Client | null {
  for (const [name, pattern] of programs) {
    const match = pattern.exec(userAgent)
    if (match) return { kind: 'program', name, version: (match[1] ?? '').split('.').slice(0, 2).join('.') }
  }
  const { browser, system } = readUserAgent(userAgent)
  return browser === null ? null : { kind: 'browser', browser, system }
}
