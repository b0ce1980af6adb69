import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { systemClock } from './clock.ts'
import { findCalls } from './replay/call-folder.ts'
import { resultInWords } from './replay/in-words.ts'
import { junitOf } from './replay/junit.ts'
import { type CallResult, resultOf } from './replay/results.ts'

const USAGE = `Replays recorded calls through the code of today, and says where it decides otherwise. Changes nothing.
  npm run replay -- data/calls/CALLSID       one call, or its journal.jsonl, or a folder of calls
  npm run replay -- fixtures/calls --expect  also checks each call's expect.json
    --json FILE    writes all differences
    --junit FILE   writes a report for CI
Exit code: 0 all came out as recorded, 1 something differs, 2 the command makes no sense.`

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const OPTIONS = {
  expect: { type: 'boolean', default: false },
  json: { type: 'string' },
  junit: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  if (positionals.length === 0) throw new CommandError(USAGE)
  const calls = await Promise.all(positionals.map(findCalls)).catch(error => {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  })
  const results: CallResult[] = []
  for (const call of calls.flat()) {
    const result = await resultOf(call, { expects: values.expect, now: () => systemClock.now() })
    process.stdout.write(`${resultInWords(result)}\n`)
    results.push(result)
  }
  const wrong = results.filter(({ problems }) => problems.length > 0).length
  const count = results.length === 1 ? '1 call' : `${results.length} calls`
  process.stdout.write(`${count}: ${wrong === 0 ? 'all as recorded' : `${wrong} differ`}\n`)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ calls: results }, null, 2)}\n`)
  if (values.junit !== undefined) await writeFile(values.junit, junitOf(results))
  return wrong === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
