import { readFile, writeFile } from 'node:fs/promises'
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
import { ownFixtures } from './sandbox/caller/fixture.ts'
import { StartError } from './start-error.ts'
import { CommandError } from './terminal/command-error.ts'

// What runs the conversation is loaded only where it is needed: it takes longer than replaying a call.

export interface ReplayOptions {
  /** Checks each call's expect.json too. */
  readonly expect?: true | undefined
  readonly json?: string | undefined
  readonly junit?: string | undefined
  readonly patienceMs?: string | undefined
  readonly bargeIn?: 'steady' | 'snappy' | undefined
  readonly instructions?: string | undefined
  readonly model?: string | undefined
  readonly fixture?: string | undefined
  readonly save?: true | undefined
  readonly names?: string | undefined
}

const MOST_PATIENCE_MS = 20_000
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/**
 * Replays recorded calls, or runs them again with a change, and prints what differs. Resolves with the exit code: 1 where
 * something differs. Throws CommandError.
 */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const found = await Promise.all(paths.map(findCalls)).catch(error => {
    throw new CommandError(error instanceof Error ? error.message : String(error))
  })
  if (options.fixture !== undefined) return makeFixture(found.flat(), options.fixture, options)
  const changes = [options.patienceMs, options.bargeIn, options.instructions, options.model]
  return changes.some(some => some !== undefined) ? runAgain(found.flat(), options) : asRecorded(found.flat(), options)
}

async function asRecorded(calls: readonly FoundCall[], options: ReplayOptions): Promise<number> {
  const results: CallResult[] = []
  for (const call of calls) {
    const result = await resultOf(call, { expects: options.expect === true, now: () => clock.now() })
    say(resultInWords(result))
    results.push(result)
  }
  const wrong = results.filter(({ problems }) => problems.length > 0).length
  const count = results.length === 1 ? '1 call' : `${results.length} calls`
  say(`${count}: ${wrong === 0 ? 'all as recorded' : `${wrong} differ`}`)
  await writeJson(options, { calls: results })
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(results))
  return wrong === 0 ? 0 : 1
}

/** Shows what would have been: nothing of it is a failure. */
async function runAgain(calls: readonly FoundCall[], options: ReplayOptions): Promise<number> {
  if (options.expect || options.junit !== undefined)
    throw new CommandError('--expect and --junit are for calls as they were recorded, without a change.')
  const settings = settingsFor(options)
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
      const report = await whatIf(call, await changeOf(options), parts, lifetime.signal)
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
  await writeJson(options, { calls: reports })
  return refused === 0 ? 0 : 1
}

/** Shows a call as a fixture, and writes it if that is wanted. */
async function makeFixture(calls: readonly FoundCall[], name: string, options: ReplayOptions): Promise<number> {
  const [found, ...more] = calls
  if (!found || more.length > 0) throw new CommandError('--fixture: give one call.')
  const { detectorOfOneRun } = await import('./what-if/parts.ts')
  const { fixtureFromCall, saveFixture } = await import('./replay/fixture-from-call.ts')
  const names = options.names?.split(',').map(one => one.trim()) ?? []
  try {
    const { signal } = new AbortController()
    const detector = { openVoiceActivity: detectorOfOneRun }
    const fixture = await fixtureFromCall(await readCall(found), { name, names }, detector, signal)
    say(fixture.transcript)
    say(`Expected: ${JSON.stringify(fixture.expect, null, 2)}`)
    say(`Replaced: ${fixture.replaced.join('; ') || 'nothing'}.`)
    if (options.save) say(`Saved: ${await saveFixture(fixture, ownFixtures(), fixture.expect)}`)
    else say('Nothing is saved. If nothing private is left, give --save too; else --names "…".')
    return 0
  } catch (error) {
    if (error instanceof CannotReplay) throw new CommandError(`${found.name}: ${error.message}`)
    throw error
  }
}

function settingsFor(options: ReplayOptions): Settings {
  try {
    readEnvFile()
    const settings = readSettings(process.env)
    if (options.model !== undefined && settings.providers.LLM[0]?.isStoodIn !== false)
      throw new CommandError('--model: another model can only be asked where the key of a real one is set.')
    return settings
  } catch (error) {
    if (error instanceof SettingsError || error instanceof StartError) throw new CommandError(error.message)
    throw error
  }
}

async function changeOf(options: ReplayOptions): Promise<Change> {
  const { patienceMs: patience, bargeIn, instructions, model } = options
  const shortMs = patience === undefined ? undefined : Number(patience)
  if (shortMs !== undefined && !(Number.isInteger(shortMs) && shortMs >= 0 && shortMs <= MOST_PATIENCE_MS))
    throw new CommandError(`--patience-ms: "${patience}" must be whole milliseconds, at most ${MOST_PATIENCE_MS}.`)
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

async function writeJson({ json }: ReplayOptions, value: unknown): Promise<void> {
  if (json !== undefined) await writeFile(json, `${JSON.stringify(value, null, 2)}\n`)
}
