import { pythonProgram } from '../access-keys/sdk-examples'
import type { AcrCall } from './acr-call'

/** A Python program that makes the call at the server at `origin`, with ACR's client and the key in the environment. */
export function acrProgram(origin: string, { action, parameters }: AcrCall): string {
  const request = `${action}Request`
  const call = [
    `client.${snakeCase(action)}(${request}(`,
    ...Object.entries(parameters).map(([name, value]) => `    ${snakeCase(name)}=${pythonValue(value)},`),
    '))',
  ]
  const answersToken = action === 'GetAuthorizationToken'
  return pythonProgram(
    origin,
    request,
    answersToken ? [`answer = ${call[0]}`, ...call.slice(1), 'print(answer.body.authorization_token)'] : call,
  )
}

function snakeCase(name: string): string {
  return name.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase()
}

/** JSON's strings and numbers are Python's too. */
function pythonValue(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return JSON.stringify(value)
}
