import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { AGENT_LANGUAGES } from './agents/agent-languages.ts'
import { systemClock as clock } from './clock.ts'
import { readSettings, type Settings, SettingsError } from './config.ts'
import { readEnvFile } from './env-file.ts'
import { systemNetwork as network } from './network.ts'
import { type FoundCall, findCalls, readCall } from './replay/call-folder.ts'
import { CannotReplay } from './replay/cannot-replay.ts'
import { resultInWords } from './replay/in-words.ts'
import { junitOf } from './replay/junit.ts'
import type { Change, WhatIfReport } from './replay/report.ts'
import { type CallResult, resultOf } from './replay/results.ts'
import { whatIfInWords } from './replay/what-if-in-words.ts'
import { FIXTURES_DIR } from './sandbox/caller/fixture.ts'
import { StartError } from './start-error.ts'

const USAGE = `Replays recorded calls through the code of today, and says where it decides otherwise. Changes nothing.
  npm run replay -- data/calls/CALLSID       one call, or its journal.jsonl, or a folder of calls
  npm run replay -- fixtures/calls --expect  also checks each call's expect.json
    --json FILE           writes all that was found
    --junit FILE          writes a report for CI
Exit code: 0 all came out as recorded, 1 something differs, 2 the command makes no sense.

With one of these the call is run again from its sound, and both runs are shown side by side:
    --patience-ms N       how long the agent waits after words that sound complete
    --barge-in steady|snappy
    --instructions FILE   other instructions for the model
    --model NAME          another model of the vendor whose key is set
    --fixture NAME        shows the call as a fixture, with what is private replaced; with --save it is written
    --names "Anna, Bo"    names that are to be replaced too
A model that was never asked the same is asked now if there is a key for a real one; else the sandbox's answers. No tool runs.`

// What runs the conversation is loaded only where it is needed: it takes longer than replaying a call.

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const text = { type: 'string' } as const
const OPTIONS = {
  expect: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  save: { type: 'boolean', default: false },
  ...{ json: text, junit: text, 'patience-ms': text, 'barge-in': text, instructions: text, model: text },
  ...{ fixture: text, names: text },
} as const
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values']

const MOST_PATIENCE_MS = 20_000
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  if (values.help) {
    say(USAGE)
    return 0
  }
  if (positionals.length === 0) throw new CommandError(USAGE)
  const found = await Promise.all(positionals.map(findCalls)).catch(error => {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  })
  if (values.fixture !== undefined) return makeFixture(found.flat(), values.fixture, values)
  const changes = [values['patience-ms'], values['barge-in'], values.instructions, values.model]
  return changes.some(some => some !== undefined) ? runAgain(found.flat(), values) : replay(found.flat(), values)
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

async function replay(calls: readonly FoundCall[], values: Values): Promise<number> {
  const results: CallResult[] = []
  for (const call of calls) {
    const result = await resultOf(call, { expects: values.expect === true, now: () => clock.now() })
    say(resultInWords(result))
    results.push(result)
  }
  const wrong = results.filter(({ problems }) => problems.length > 0).length
  const count = results.length === 1 ? '1 call' : `${results.length} calls`
  say(`${count}: ${wrong === 0 ? 'all as recorded' : `${wrong} differ`}`)
  await writeJson(values, { calls: results })
  if (values.junit !== undefined) await writeFile(values.junit, junitOf(results))
  return wrong === 0 ? 0 : 1
}

/** Shows what would have been: nothing of it is a failure. */
async function runAgain(calls: readonly FoundCall[], values: Values): Promise<number> {
  if (values.expect || values.junit !== undefined)
    throw new CommandError('--expect and --junit are for calls as they were recorded, without a change.')
  const settings = settingsFor(values)
  const { openWhatIfParts } = await import('./what-if/parts.ts')
  const { whatIf } = await import('./replay/what-if.ts')
  const lifetime = new AbortController()
  const reports: WhatIfReport[] = []
  let refused = 0
  for (const found of calls) {
    const call = await readCall(found)
    const started = call.lines.find(line => 'started' in line)
    const agent = started && 'started' in started ? started.started.agent : settings.AGENT
    const spoken = started && 'started' in started ? started.started.language : settings.LANGUAGE
    const LANGUAGE = AGENT_LANGUAGES.find(code => code === spoken) ?? settings.LANGUAGE
    const all = started && 'started' in started ? started.started.turn.context.languages?.all : undefined
    const LANGUAGES = [LANGUAGE, ...AGENT_LANGUAGES.filter(code => code !== LANGUAGE && all?.includes(code))]
    const chosen: Settings = {
      ...settings,
      AGENT: settings.PARTYLINE_AGENTS ? settings.AGENT : agent,
      LANGUAGE,
      LANGUAGES,
    }
    const { parts, close } = await openWhatIfParts(chosen, clock, network, lifetime.signal)
    try {
      const report = await whatIf(call, await changeOf(values), parts, lifetime.signal)
      say(whatIfInWords(found.name, report))
      reports.push(report)
    } catch (error) {
      if (!(error instanceof CannotReplay)) throw error
      say(`${found.name}: ${error.message}`)
      refused++
    } finally {
      await close()
    }
  }
  lifetime.abort(new Error('all calls were run'))
  await writeJson(values, { calls: reports })
  return refused === 0 ? 0 : 1
}

/** Shows a call as a fixture, and writes it if that is wanted. */
async function makeFixture(calls: readonly FoundCall[], name: string, values: Values): Promise<number> {
  const [found, ...more] = calls
  if (!found || more.length > 0) throw new CommandError('--fixture: give one call.')
  const { detectorOfOneRun } = await import('./what-if/parts.ts')
  const { fixtureFromCall, saveFixture } = await import('./replay/fixture-from-call.ts')
  const names = values.names?.split(',').map(one => one.trim()) ?? []
  try {
    const { signal } = new AbortController()
    const detector = { openVoiceActivity: detectorOfOneRun }
    const fixture = await fixtureFromCall(await readCall(found), { name, names }, detector, signal)
    say(fixture.transcript)
    say(`Expected: ${JSON.stringify(fixture.expect, null, 2)}`)
    say(`Replaced: ${fixture.replaced.join('; ') || 'nothing'}.`)
    if (values.save) say(`Saved: ${await saveFixture(fixture, FIXTURES_DIR, fixture.expect)}`)
    else say('Nothing is saved. If nothing private is left, give --save too; else --names "…".')
    return 0
  } catch (error) {
    if (error instanceof CannotReplay) throw new CommandError(`${found.name}: ${error.message}`)
    throw error
  }
}

function settingsFor(values: Values): Settings {
  try {
    readEnvFile()
    const settings = readSettings(process.env)
    if (values.model !== undefined && settings.providers.LLM[0]?.isStoodIn !== false)
      throw new CommandError('--model: another model can only be asked where the key of a real one is set.')
    return settings
  } catch (error) {
    if (error instanceof SettingsError || error instanceof StartError) throw new CommandError(error.message)
    throw error
  }
}

async function changeOf(values: Values): Promise<Change> {
  const { 'patience-ms': patience, 'barge-in': bargeIn, instructions, model } = values
  const shortMs = patience === undefined ? undefined : Number(patience)
  if (shortMs !== undefined && !(Number.isInteger(shortMs) && shortMs >= 0 && shortMs <= MOST_PATIENCE_MS))
    throw new CommandError(`--patience-ms: "${patience}" must be whole milliseconds, at most ${MOST_PATIENCE_MS}.`)
  if (bargeIn !== undefined && bargeIn !== 'steady' && bargeIn !== 'snappy')
    throw new CommandError(`--barge-in: "${bargeIn}" must be steady or snappy.`)
  const told = instructions === undefined ? undefined : await readFile(instructions, 'utf8').catch(whyNot(instructions))
  return {
    ...(shortMs !== undefined && { patience: { shortMs } }),
    ...(bargeIn !== undefined && { bargeIn: { voice: bargeIn === 'snappy' ? 'held' : 'ducked' } }),
    ...(told !== undefined && { instructions: told }),
    ...(model !== undefined && { model }),
  }
}

const whyNot = (file: string) => (): never => {
  throw new CommandError(`--instructions: ${file} cannot be read.`)
}

async function writeJson({ json }: Values, value: unknown): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(value, null, 2)}\n`)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
