// `npm run build`: what `npm start` builds, without starting it.
import { build, prepare } from './lib/set-up.mjs'

prepare()
await build()
