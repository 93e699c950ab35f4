import { config } from 'zod/v4/core'

// Next runs this file before all else in the browser. The content security policy lets nothing be evaluated: zod would
// find that out by trying, once, with the first schema that is made.
config({ jitless: true })
