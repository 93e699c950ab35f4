// Next runs this file before all else in the browser. The content security policy lets nothing be evaluated: zod would
// find that out by trying, once, with the first schema that is made. This is where `z.config` keeps its settings; zod
// itself comes with the first form.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })
