import { firstAdministratorName } from '@/lib/auth/first-administrator'
import type { Config } from '@/lib/config'

/**
 * Prints the server's address, the first commands to try, and the first administrator's password if it was generated.
 */
export function greet(config: Config, port: number, generatedPassword: string | null): void {
  const isLocal = config.host === '127.0.0.1' || config.host === '::1' || config.host === '0.0.0.0'
  const address = `${isLocal ? 'localhost' : config.host}:${port}`
  const console_ = config.publicUrl ?? `http://${address}`
  const registry = config.publicUrl === null ? address : new URL(config.publicUrl).host
  const lines = [
    '',
    `  Stele is ready.`,
    '',
    `  Console    ${console_}`,
    ...(generatedPassword === null
      ? []
      : [
          `  User       ${firstAdministratorName}`,
          `  Password   ${generatedPassword}`,
          `             (shown only now: keep it, or set STELE_ADMIN_PASSWORD before the first start)`,
        ]),
    '',
    '  Try it',
    `    docker login --username=${firstAdministratorName} ${registry}`,
    ...(config.makeExample
      ? [`    docker tag <image> ${registry}/test/example:v1`, `    docker push ${registry}/test/example:v1`]
      : []),
    '',
    '',
  ]
  process.stdout.write(lines.join('\n'))
}
