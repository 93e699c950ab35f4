// A Playwright reporter that writes the counts for scripts/test.mjs to the file TALLY_FILE.
import { writeFileSync } from 'node:fs'

export default class TallyReporter {
  #suite
  #errors = 0

  onBegin(_config, suite) {
    this.#suite = suite
  }

  /** An error outside any test: a file that cannot be loaded, a server that does not start. */
  onError() {
    this.#errors++
  }

  onEnd() {
    const tally = { passed: 0, failed: this.#errors, skipped: [], repeated: [] }
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome()
      const name = test.titlePath().filter(Boolean).join(' › ')
      if (outcome === 'expected' || outcome === 'flaky') tally.passed++
      else if (outcome === 'unexpected') tally.failed++
      else {
        const reason = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description
        tally.skipped.push({ name, reason })
      }
      if (outcome === 'flaky') tally.repeated.push({ name, error: test.results[0]?.error?.message })
    }
    writeFileSync(process.env.TALLY_FILE, JSON.stringify(tally))
  }

  printsToStdio() {
    return false
  }
}
