// `npm run build`: builds the same as `npm start`, without starting the server, and fails when a page loads too much script.
import { build, checkScriptBudget, prepare } from './lib/set-up.mjs'

prepare()
await build()
checkScriptBudget()
