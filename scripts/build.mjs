// `npm run build`: builds the same as `npm start`, without starting the server.
import { build, prepare } from './lib/set-up.mjs'

prepare()
await build()
