// Calls ACR's API with the official generic client for Node.js (@alicloud/openapi-client), as e2e/acr/sdk.ts describes.
// ACR's own package is not on npm.
import { createRequire } from 'node:module'
import { answerCalls } from './answer-calls.mjs'

// Through NODE_PATH, which `import` does not look at.
const load = createRequire(import.meta.url)
const { default: Client, Config, OpenApiRequest, Params } = load('@alicloud/openapi-client')
const { RuntimeOptions } = load('@alicloud/tea-util')

const client = new Client(
  new Config({
    accessKeyId: process.env.ACR_ACCESS_KEY_ID,
    accessKeySecret: process.env.ACR_ACCESS_KEY_SECRET,
    endpoint: process.env.ACR_ENDPOINT,
    protocol: 'HTTP',
  }),
)

await answerCalls(async ({ action, parameters }) => {
  const params = new Params({
    action,
    version: '2018-12-01',
    protocol: 'HTTP',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    pathname: '/',
    reqBodyType: 'formData',
    bodyType: 'json',
  })
  const query = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
  try {
    const { body } = await client.callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({}))
    return { body }
  } catch ({ code, message }) {
    return { error: { code, message } }
  }
})
