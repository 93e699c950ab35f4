/**
 * The tricks that attackers of registries and consoles use, in one place. The specs say what each is tried on:
 *
 * | trick | spec |
 * | --- | --- |
 * | paths | `registry/tricks.spec.ts`, `registry/wire.spec.ts` (with credentials), `lib/server/console-request.test.ts` |
 * | headers: Host, forwarded, inner ones, two of one | `registry/tricks.spec.ts`, `lib/server/console-request.test.ts` |
 * | Content-Length with Transfer-Encoding | `registry/wire.spec.ts` |
 * | CSRF | `lib/api/route/same-origin.test.ts`, `console/tricks.spec.ts` |
 * | open redirects | `lib/domain/next-path.test.ts`, `console/tricks.spec.ts` |
 * | stored script | `console/tricks.spec.ts`, `components/ui/markdown.test.tsx` |
 * | security headers | `registry/tricks.spec.ts`, `lib/server/security-headers.test.ts`; the policy holds in every console spec |
 * | guessing | `registry/tricks.spec.ts`, `lib/auth/guessing/attempts.test.ts` |
 * | signed requests: changed, sent again, doubled, read in two ways | `lib/acr/signing/signatures.test.ts`, `lib/acr/door.test.ts`, `lib/acr/refusals.test.ts`, `lib/acr/wire.test.ts`, `lib/acr/fuzz.test.ts`, `registry/acr-door.spec.ts` |
 */

/** Other spellings of the path of a manifest, `/v2/<repository>/manifests/<tag>`, which must not be that path. */
export function pathTricks(repository: string, tag: string): string[] {
  const [namespace = '', name = ''] = repository.split('/')
  const path = `/v2/${repository}/manifests/${tag}`
  const first = name.slice(0, 1)
  const rest = name.slice(1)
  const lookAlikes: Record<string, string> = { r: 'г', s: 'ѕ', o: 'о', e: 'е', p: 'р' }
  return [
    // Dots.
    `/v2/public/../${repository}/manifests/${tag}`,
    `/v2/./${repository}/manifests/${tag}`,
    `/v2/${namespace}/./${name}/manifests/${tag}`,
    `/v2/${namespace}/x/../${name}/manifests/${tag}`,
    `/v2/${namespace}/x/%2e%2e/${name}/manifests/${tag}`,
    `/v2/${namespace}/x%2f..%2f${name}/manifests/${tag}`,
    `/api/v1/../..${path}`,
    `/api/v1/%2e%2e/%2e%2e${path}`,
    `/_next/..${path}`,
    `/_next/static/..%2f..%2f..${path}`,
    `/login/..;${path}`,
    `/healthz/..${path}`,
    // Slashes.
    `/${path}`,
    `//v2//${repository}//manifests//${tag}`,
    `/v2//${repository}/manifests/${tag}`,
    `/v2/${namespace}//${name}/manifests/${tag}`,
    `${path}/`,
    `/v2/${namespace}%2F${name}/manifests/${tag}`,
    `/v2/${namespace}%252F${name}/manifests/${tag}`,
    `/v2%2F${repository}/manifests/${tag}`,
    `\\v2\\${namespace}\\${name}\\manifests\\${tag}`,
    `/v2/${namespace}\\${name}/manifests/${tag}`,
    `/v2/${namespace}%5C${name}/manifests/${tag}`,
    // Case.
    path.toUpperCase(),
    `/V2/${repository}/manifests/${tag}`,
    `/v2/${repository.toUpperCase()}/manifests/${tag}`,
    `/v2/${repository}/MANIFESTS/${tag}`,
    // Encodings that are none, or too long.
    `/%76%32/${repository}/manifests/${tag}`,
    `/v2/${namespace}%C0%AF${name}/manifests/${tag}`,
    `/v2/%C0%AE%C0%AE/v2/${repository}/manifests/${tag}`,
    `/v2/${namespace}%E0%80%AF${name}/manifests/${tag}`,
    `/v2/${namespace}%u002f${name}/manifests/${tag}`,
    `/v2/${namespace}/${encodeByte(first)}${rest}/manifests/${tag}`,
    `/v2/${namespace}/${name}%00/manifests/${tag}`,
    `/v2/${namespace}/${name}/manifests/${tag}%00.json`,
    `/v2/${namespace}/${name}%0d%0aX:y/manifests/${tag}`,
    `/v2/${namespace}/${name}%09/manifests/${tag}`,
    `/v2/${namespace}/${name}%20/manifests/${tag}`,
    // Unicode: what looks alike, what normalization makes the same, what is not seen.
    `/v2/${namespace}/${encodeURIComponent((lookAlikes[first] ?? 'а') + rest)}/manifests/${tag}`,
    `/v2/${namespace}${encodeURIComponent('／')}${name}/manifests/${tag}`,
    `/v2/${namespace}${encodeURIComponent('∕')}${name}/manifests/${tag}`,
    `/v2/${namespace}/${encodeURIComponent(fullWidth(first))}${rest}/manifests/${tag}`,
    `/v2/${namespace}/${name}${encodeURIComponent('\u200b')}/manifests/${tag}`,
    `/v2/${namespace}/${name}${encodeURIComponent('\u0301')}/manifests/${tag}`,
    `/v2/${namespace}/${encodeURIComponent('\ufeff')}${name}/manifests/${tag}`,
    `/v2/${encodeURIComponent('‥')}/${repository}/manifests/${tag}`,
    // Parameters and other parts.
    `/v2/${namespace}/${name};a=b/manifests/${tag}`,
    `/v2;a=b/${repository}/manifests/${tag}`,
    `/healthz?${path}`,
    `/login?next=${path}`,
  ]
}

/** Headers by which a proxy, a framework or we would speak to the inside: who sends them is not from there. */
export const headerTricks: readonly (readonly [name: string, value: string])[] = [
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-User', 'admin'],
  ['X-Forwarded-Prefix', '/evil'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Remote-User', 'admin'],
  ['Remote-User', 'admin'],
  ['Forwarded', 'for=127.0.0.1;host=evil.example;proto=https'],
  ['X-Original-URL', '/healthz'],
  ['X-Rewrite-URL', '/healthz'],
  ['X-Original-Host', 'evil.example'],
  ['X-Host', 'evil.example'],
  ['X-HTTP-Method-Override', 'GET'],
  ['X-Method-Override', 'GET'],
  ['X-Stele-Remote-Address', '127.0.0.1'],
  ['X-Stele-Request-Id', 'evil'],
  ['X-Stele-User', 'admin'],
  ['X-Stele-Principal', '{"kind":"system"}'],
  ['X-Middleware-Subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ['X-Middleware-Subrequest', 'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware'],
  ['X-Middleware-Next', '1'],
  ['X-Middleware-Rewrite', '/healthz'],
  ['X-Invoke-Path', '/login'],
  ['X-Invoke-Status', '200'],
  ['X-Matched-Path', '/login'],
  ['X-Now-Route-Matches', '1=login'],
  ['X-Nextjs-Data', '1'],
  ['X-Prerender-Revalidate', 'x'],
  ['Next-Action', '0'.repeat(42)],
  ['RSC', '1'],
  ['Next-Router-State-Tree', '%5B%22%22%2C%7B%7D%5D'],
  ['Next-Router-Prefetch', '1'],
  ['Content-Security-Policy', "script-src 'nonce-evil'"],
  ['Cookie', 'stele_session='],
  ['Cookie', 'stele_session=null; stele_session=undefined'],
]

function encodeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}

function fullWidth(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0)
}
