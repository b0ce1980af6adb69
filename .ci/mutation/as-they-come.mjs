import { appendFileSync, mkdirSync } from 'node:fs'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { isInSample } from './sample.mjs'

/** Writes each result down when it is known: a run over a whole folder takes half an hour, and may be stopped. */
class AsTheyCome {
  #file = `data/mutation/${process.env.MUTATION_REPORT ?? 'mutation'}.jsonl`
  #hasBegun = false

  onMutantTested({ id, fileName, location, mutatorName, replacement, status, statusReason, testsCompleted }) {
    if (!isInSample(id)) return
    if (!this.#hasBegun) mkdirSync('data/mutation', { recursive: true })
    this.#hasBegun = true
    const { start, end } = location
    const at = `${fileName}:${start.line}:${start.column}-${end.line}:${end.column}`
    appendFileSync(
      this.#file,
      `${JSON.stringify({ id, at, mutatorName, replacement, status, statusReason: status === 'Killed' ? undefined : statusReason, testsCompleted })}\n`,
    )
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'as-they-come', AsTheyCome)]
