// A vitest reporter that writes the counts for scripts/test.mjs to the file TALLY_FILE.
import { writeFileSync } from 'node:fs'

export default class TallyReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [], repeated: [] }
    for (const module of testModules) {
      // A file that cannot be loaded has no tests to fail.
      tally.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state, note, errors } = test.result()
        const name = `${module.relativeModuleId} › ${test.fullName}`
        if (state === 'passed') tally.passed++
        else if (state === 'failed') tally.failed++
        else tally.skipped.push({ name, reason: note })
        if (test.diagnostic()?.flaky === true) tally.repeated.push({ name, error: errors?.[0]?.message })
      }
    }
    writeFileSync(process.env.TALLY_FILE, JSON.stringify(tally))
  }
}
