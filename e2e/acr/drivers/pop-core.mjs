// Calls ACR's API with the official older generic client for Node.js (@alicloud/pop-core), as e2e/acr/sdk.ts describes.
import { createRequire } from 'node:module'
import { answerCalls } from './answer-calls.mjs'

// Through NODE_PATH, which `import` does not look at.
const { RPCClient } = createRequire(import.meta.url)('@alicloud/pop-core')

const client = new RPCClient({
  accessKeyId: process.env.ACR_ACCESS_KEY_ID,
  accessKeySecret: process.env.ACR_ACCESS_KEY_SECRET,
  endpoint: `http://${process.env.ACR_ENDPOINT}`,
  apiVersion: '2018-12-01',
})

await answerCalls(async ({ action, parameters }) => {
  try {
    return { body: await client.request(action, parameters, { method: 'POST' }) }
  } catch ({ code, message }) {
    return { error: { code, message } }
  }
})
