import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { systemClock as clock } from '../clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../config.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { openFlite } from '../flite/flite.ts'
import { readJournal } from '../journal/outcome.ts'
import { languageOf } from '../languages/languages.ts'
import { scriptOfTexts } from '../sandbox/caller/spoken-script.ts'
import { seeded } from '../sandbox/chance.ts'
import { startSandbox } from '../sandbox/process.ts'
import { startRinging } from '../sandbox/ringing/ring.ts'
import { startServer } from '../sandbox/server-process.ts'
import { openTicker } from '../sandbox/twilio/ticker.ts'
import { type CalledTool, CallSoFar } from './call-so-far.ts'
import { ExpectationError } from './expectation-error.ts'
import { Expected } from './expected.ts'
import { isIn } from './partly.ts'

/** How a server is rung by sound. */
export interface RingOptions {
  /** The agent that answers, where the files have several. */
  readonly agent?: string
  /** More settings of the server, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>
  /** Of the caller's sound. Default: 1. */
  readonly seed?: number
  readonly signal?: AbortSignal
}

const VOICE = 'awb'

/** A call that was held by sound, in real time, and is over. */
export class RungCall {
  /** As the server kept it. */
  readonly journal: readonly JournalLine[]
  readonly #soFar: CallSoFar
  readonly #expected: Expected

  /** Throws an Error for lines that are no call. */
  constructor(journal: readonly JournalLine[]) {
    const started = journal.find(line => 'started' in line)
    if (!started) throw new Error('nobody answered the call')
    this.journal = journal
    this.#soFar = new CallSoFar(clock, 0, languageOf(started.started.language))
    for (const line of journal) this.#soFar.take(line)
    this.#expected = new Expected(this.#soFar, (problem, more) => new ExpectationError(problem, this.transcript, more))
  }

  /** The conversation for people, with the seconds of the call. */
  get transcript(): string {
    return this.#soFar.transcript()
  }

  /** Expects that the caller has heard this in the call. */
  said(expected: RegExp | string): void {
    const words = this.#soFar.heardSince(new Set())
    if (!isIn(expected, words))
      throw new ExpectationError(`The agent was expected to say ${String(expected)}.`, this.transcript)
  }

  /** As for a line. */
  expectTool(name: string, given: object = {}): CalledTool {
    return this.#expected.tool(name, given)
  }

  /** As for a line. */
  expectNoTool(name?: string): void {
    this.#expected.noTool(name)
  }

  /** As for a line. */
  expectHandOff(to: string): string {
    return this.#expected.handOff(to)
  }
}

/**
 * Starts a server with these agents and the sandbox's vendors, and has a caller ring it who says these sentences by sound.
 * Rejects where the server does not start, with its log.
 */
export async function rung(
  files: readonly string[],
  says: readonly string[],
  { agent = '', settings = {}, seed = 1, signal = new AbortController().signal }: RingOptions,
): Promise<RungCall> {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-rung-'))
  const flite = openFlite()
  try {
    const script = await scriptOfTexts(says, VOICE, flite, seeded(seed), signal)
    const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
    try {
      const PARTYLINE_AGENTS = files.map(file => resolve(file)).join(',')
      const env = { PARTYLINE_AGENTS, AGENT: agent, ...settings }
      const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
      try {
        const ticker = openTicker(clock)
        const { call, record } = startRinging({ ...server.rungBy(script), seed, ticker }, signal)
        const { gaveUp, why } = await record
        if (gaveUp) throw new Error(`The call failed: ${why}`)
        // Its record is whole when the server has ended.
        await server.close()
        return new RungCall(await readJournal(join(dataDir, 'calls', call.callSid, 'journal.jsonl')))
      } finally {
        await server.close()
      }
    } finally {
      await sandbox.close()
    }
  } finally {
    await flite.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}
