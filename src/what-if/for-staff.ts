import { fork } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../config.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { PRIVATE_FILE } from '../private-files.ts'
import type { Records } from '../records/records.ts'
import { JOURNAL_FILE } from '../replay/call-folder.ts'
import { CannotReplay } from '../replay/cannot-replay.ts'
import { parseExpectation } from '../replay/expectation.ts'
import { saveFixture } from '../replay/fixture-from-call.ts'
import type { Change } from '../replay/report.ts'
import { ownFixtures } from '../sandbox/caller/fixture.ts'
import type { Change as AskedChange } from '../staff/api-shapes.ts'
import { type AgainParts, type AnswersBy, CannotRun } from '../staff/calls/again.ts'
import { attemptsOf } from '../staff/calls/attempts.ts'
import type { Job, JobDone } from './child.ts'
import { runFolder } from './run-folders.ts'
import { runSettings } from './run-settings.ts'

/** Whether there is a language model besides the sandbox's. */
const hasModel = ({ providers }: Settings): boolean => providers.LLM.some(({ isStoodIn }) => !isStoodIn)

export interface StaffRunsParts {
  readonly settings: Settings
  readonly records: Records
  /** Where fixtures are written: the project's own folder, when left out. */
  readonly fixturesFolder?: string | undefined
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
/** An hour of both sides, at the rate of rooms. */
const MOST_AUDIO_BYTES = 256 * 1024 * 1024
/** Live calls go first. */
const NICE = 10
/** Of JavaScript values; recordings are bounded by their own limit. */
const MOST_HEAP_MB = 1_024
const LINES_AT_ONCE = 200

/**
 * What support staff do with a recorded call: run it again with a change, or make a fixture of it. Both take a core for
 * as long as they last, so each has a process of its own: live calls would have gaps beside them in this one.
 */
export function staffRuns(parts: StaffRunsParts): Pick<AgainParts, 'whatIf' | 'fixtureFrom'> {
  const { settings, records, fixturesFolder = ownFixtures() } = parts

  /** Writes the call into a folder, as the process reads it. */
  async function write(callId: string, folder: string, signal: AbortSignal): Promise<void> {
    const lines = await records.lines(callId, signal)
    if (!lines) throw new CannotRun('The journal of this call is not there any more.')
    const file = (name: string) => createWriteStream(join(folder, name), { mode: PRIVATE_FILE })
    await pipeline(Readable.from(textOf(lines), { objectMode: false }), file(JOURNAL_FILE), { signal })
    let left = MOST_AUDIO_BYTES
    for (const { attempt } of attemptsOf(lines)) {
      const audio = await records.audio(callId, attempt, signal)
      if (!audio) continue
      left -= audio.bytes
      if (left < 0) throw new CannotRun('The recording of this call is too long to be run again.')
      await pipeline(Readable.from(audio.read(0, audio.bytes, signal)), file(`call-${attempt}.wav`), { signal })
    }
  }

  async function run(callId: string, wish: Job['wish'], answersBy: AnswersBy, signal: AbortSignal) {
    const folder = await runFolder('run')
    try {
      await write(callId, folder, signal)
      const done = await inChild({ settings: runSettings(settings, answersBy), folder, wish }, signal)
      if (done.kind === 'refused') throw new CannotRun(done.why)
      if (done.kind === 'failed') throw new Error(`a run of a call failed: ${done.why}`)
      return done
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    async whatIf(callId, asked, answersBy, signal) {
      if (asked.model !== undefined && !hasModel(settings))
        throw new CannotRun('Another model can only be asked where the key of a real one is set.')
      const done = await run(callId, { kind: 'what-if', change: changeOf(asked) }, answersBy, signal)
      if (done.kind !== 'what-if') throw new Error('a run of a call gave a fixture')
      return done.report
    },
    async fixtureFrom(callId, { name, save, expect }, signal) {
      const done = await run(callId, { kind: 'fixture', name }, 'sandbox', signal)
      if (done.kind !== 'fixture') throw new Error('a fixture of a call gave a run')
      const { fixture } = done
      const preview = { transcript: fixture.transcript, expect: { ...fixture.expect }, replaced: fixture.replaced }
      if (!save) return { preview, saved: null }
      const own = await saveFixture(fixture, fixturesFolder, expectedBy(expect) ?? fixture.expect).catch(error => {
        throw error instanceof CannotReplay ? new CannotRun(error.message) : error
      })
      return { preview, saved: shown(own) }
    },
  }
}

/** As a person types it in the folder that the server was started in; whole, where it is outside of that. */
function shown(folder: string): string {
  const inside = relative(process.cwd(), folder)
  return inside.startsWith('..') ? resolve(folder) : inside
}

/** Does one job in a process of its own, which is killed when the signal aborts. */
async function inChild(job: Job, signal: AbortSignal): Promise<JobDone> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<JobDone>()
  const child = fork(CHILD, [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${MOST_HEAP_MB}`],
    // What it opens is deleted with the folder, also when it is killed.
    env: { TMPDIR: job.folder },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const exited = new Promise<unknown>(resolve => child.once('exit', resolve))
  child.once('message', (done: JobDone) => resolve(done))
  child.on('error', reject)
  child.once('exit', code => reject(new Error(`a run of a call ended by itself (${code})`)))
  try {
    if (child.pid !== undefined) setPriority(child.pid, NICE)
    child.send(job)
    return await promise
  } finally {
    signal.removeEventListener('abort', stop)
    child.kill('SIGKILL')
    // It may be writing until then, into a folder that is deleted next.
    if (child.pid !== undefined) await exited
  }
}

/** Live calls go on between two pieces. */
async function* textOf(lines: readonly JournalLine[]): AsyncGenerator<string> {
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    yield lines
      .slice(from, from + LINES_AT_ONCE)
      .map(line => `${JSON.stringify(line)}\n`)
      .join('')
    await setImmediate()
  }
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without what was not named. */
const given = <T extends object>(some: T): Given<T> =>
  Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Given<T>

const changeOf = ({ patience, bargeIn, instructions, model }: AskedChange): Change => ({
  ...(patience && { patience: given(patience) }),
  ...(bargeIn && { bargeIn: given(bargeIn) }),
  ...(instructions !== undefined && { instructions }),
  ...(model !== undefined && { model }),
})

function expectedBy(expect: Readonly<Record<string, unknown>> | undefined) {
  if (expect === undefined) return undefined
  try {
    return parseExpectation('The expectations', expect)
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error))
  }
}
