import type { Settings } from '../config.ts'
import type { Agent } from '../conversation/agent.ts'
import type { Clock, ToolSpec, TurnEnd } from '../conversation/ports.ts'
import { costOf } from '../costs/cost.ts'
import { pricesFor } from '../costs/prices.ts'
import type { Network } from '../network.ts'
import { openAi } from '../providers/openai.ts'
import type { Records } from '../records/records.ts'
import { CannotReplay } from '../replay/cannot-replay.ts'
import { parseExpectation } from '../replay/expectation.ts'
import { fixtureFromCall, saveFixture } from '../replay/fixture-from-call.ts'
import type { RecordedCall, WhatIfParts } from '../replay/report.ts'
import { whatIf } from '../replay/what-if.ts'
import { FIXTURES_DIR } from '../sandbox/caller/fixture.ts'
import { type AgainParts, CannotRun } from '../staff/calls/again.ts'
import { detectorOfOneRun } from './parts.ts'

export interface StaffRunsParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly network: Network
  readonly records: Records
  readonly agent: Agent
  readonly toolSpecs: () => readonly ToolSpec[]
  readonly turnEnd: TurnEnd
}

/** A recording of an hour. A longer one is not held in memory. */
const MOST_AUDIO_BYTES = 256 * 1024 * 1024

/** What support staff do with a recorded call in this server: run it again with a change, or make a fixture of it. */
export function staffRuns(parts: StaffRunsParts): Pick<AgainParts, 'whatIf' | 'fixtureFrom'> {
  const { settings, clock, network, records, agent } = parts
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL } = settings
  const models = { speechToText: settings.DEEPGRAM_MODEL, model: OPENAI_MODEL, sight: settings.GEMINI_MODEL }
  const prices = pricesFor(models)

  async function recorded(callId: string, signal: AbortSignal): Promise<RecordedCall> {
    const lines = await records.lines(callId, signal)
    if (!lines) throw new CannotRun('The journal of this call is not there any more.')
    return {
      callId,
      lines,
      async recording(attempt, inner) {
        const audio = await records.audio(callId, attempt, inner)
        if (!audio || audio.bytes > MOST_AUDIO_BYTES) return undefined
        const chunks: Uint8Array[] = []
        for await (const chunk of audio.read(0, audio.bytes, inner)) chunks.push(chunk)
        return Buffer.concat(chunks)
      },
    }
  }

  /** Staff are told why a call cannot be run; what else goes wrong is ours. */
  async function told<T>(work: Promise<T>): Promise<T> {
    return work.catch(error => {
      throw error instanceof CannotReplay ? new CannotRun(error.message) : error
    })
  }

  return {
    whatIf: async (callId, { patience, bargeIn, instructions, model }, signal) => {
      if (model !== undefined && apiKey === undefined)
        throw new CannotRun('Another model can only be asked where OPENAI_API_KEY is set.')
      const made: WhatIfParts = {
        agentOf: name => (name === agent.name ? agent : undefined),
        toolSpecs: parts.toolSpecs(),
        openVoiceActivity: detectorOfOneRun,
        turnEnd: parts.turnEnd,
        live:
          apiKey === undefined
            ? undefined
            : (asked = OPENAI_MODEL) => openAi({ apiKey, baseUrl, model: asked }, clock, network),
        costUsd: lines => costOf(lines, prices, 'phone').usd,
      }
      const change = {
        ...(patience && { patience: given(patience) }),
        ...(bargeIn && { bargeIn: given(bargeIn) }),
        ...(instructions !== undefined && { instructions }),
        ...(model !== undefined && { model }),
      }
      return told(whatIf(await recorded(callId, signal), change, made, signal))
    },
    async fixtureFrom(callId, { name, save, expect }, signal) {
      const detector = { openVoiceActivity: detectorOfOneRun }
      const fixture = await told(fixtureFromCall(await recorded(callId, signal), { name }, detector, signal))
      const { transcript, replaced } = fixture
      const preview = { transcript, expect: { ...fixture.expect }, replaced }
      if (!save) return { preview, saved: null }
      await told(saveFixture(fixture, FIXTURES_DIR, expectedBy(expect) ?? fixture.expect))
      return { preview, saved: `fixtures/calls/${name}` }
    },
  }
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without what was not named. */
const given = <T extends object>(some: T): Given<T> =>
  Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Given<T>

function expectedBy(expect: Readonly<Record<string, unknown>> | undefined) {
  if (expect === undefined) return undefined
  try {
    return parseExpectation('The expectations', expect)
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : String(error))
  }
}
