import { beforeAll, expect, test } from 'vitest'
import { openFlite } from '../../../src/flite/flite.ts'
import { type Outcome, outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import type { Port } from '../../../src/providers/entry.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import type { Script } from '../../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import type { CallEvent } from '../../../src/sandbox/twilio/call-event.ts'
import { openWholeCalls } from '../whole-calls.ts'
import { FAULTS, killedAfter, noticed, patient, QUESTIONS, STAGES, type Stage, WAYS, type Way } from './killed.ts'

type Killed = 'deepgram' | 'openai' | 'cartesia'

/** Who is killed, and who takes over. */
interface Pair {
  readonly port: Port
  readonly killed: Killed
  readonly next: string
  readonly standIn: string
}

const PAIRS: readonly Pair[] = [
  { port: 'STT', killed: 'deepgram', next: 'assemblyai', standIn: 'assemblyai' },
  { port: 'STT', killed: 'deepgram', next: 'whisper', standIn: 'whisper' },
  { port: 'STT', killed: 'deepgram', next: 'openai', standIn: 'openai-ears' },
  { port: 'LLM', killed: 'openai', next: 'anthropic', standIn: 'anthropic' },
  { port: 'LLM', killed: 'openai', next: 'groq', standIn: 'groq' },
  { port: 'LLM', killed: 'openai', next: 'compatible', standIn: 'compatible' },
  { port: 'TTS', killed: 'cartesia', next: 'elevenlabs', standIn: 'elevenlabs' },
  { port: 'TTS', killed: 'cartesia', next: 'deepgram', standIn: 'aura' },
  { port: 'TTS', killed: 'cartesia', next: 'openai', standIn: 'openai-voice' },
  { port: 'TTS', killed: 'cartesia', next: 'elevenlabs', standIn: 'elevenlabs' },
]
/** A server of the operator's own is where they say it is. */
const COMPATIBLE = { COMPATIBLE_MODEL: 'any', COMPATIBLE_BASE_URL: 'http://compatible/v1' }
/** 100 calls: ten of each pair. KILLED_SEEDS=2 rings 200, in twice the time. */
const SEEDS = Number(process.env.KILLED_SEEDS ?? 1)
/** Ten or twenty calls one after the other, on a machine that is busy. */
const WITHIN_MS = 1_200_000
/** By then a probe has found that a provider works again. */
const RECOVERED_MS = 150_000

let script: Script
beforeAll(async () => {
  const flite = openFlite()
  script = patient(await scriptOfTexts(QUESTIONS, 'awb', flite, seeded(1), new AbortController().signal))
  await flite.close()
})

test.each(PAIRS)(
  '$killed is killed, and $next takes over: callers notice nothing but another voice',
  async pair => {
    const { port, killed, next, standIn } = pair
    const seed = PAIRS.indexOf(pair) + 1
    const all = await openWholeCalls({
      ...{ seed, more: [standIn] },
      env: { RECORDING: 'off', ...COMPATIBLE, [port]: `${killed},${next}` },
    })
    const { faults } = all.standIns[killed]
    const draw = seeded(seed)
    const problems: string[] = []
    let calls = 0

    async function ring(onEvent?: (event: CallEvent) => void) {
      calls++
      const call = await all.passing(all.ring(script, { seed: calls, ...(onEvent && { onEvent }) }))
      faults.set([])
      await all.passing(all.clock.sleep(RECOVERED_MS, new AbortController().signal))
      return call
    }

    async function killedAt(stage: Stage, way: Way, usual: Outcome): Promise<void> {
      const { isDue, ms } = killedAfter(stage, draw)
      let isKilled = false
      const kill = (): void => faults.set(FAULTS[way])
      const call = await ring(event => {
        if (isKilled || !isDue(event)) return
        isKilled = true
        if (ms === 0) kill()
        else void all.clock.sleep(ms, new AbortController().signal).then(kill)
      })
      const replayed = replayExactly(call.lines, { languageOf })
      const told = [
        ...(isKilled ? [] : ['it was not killed']),
        ...noticed(call, usual, port, stage !== 'mid-tool'),
        ...(replayed.differences.length > 0 ? ['it replays in another way'] : []),
      ]
      problems.push(...told.map(problem => `${stage}, ${way}, ${ms} ms: ${problem}`))
    }

    try {
      const usual = outcomeOf((await ring()).lines, english)
      expect(usual.callerTurns).toHaveLength(QUESTIONS.length)
      expect(usual.tools).toHaveLength(1)
      for (let i = 0; i < SEEDS; i++)
        for (const stage of STAGES) for (const way of WAYS) await killedAt(stage, way, usual)
    } finally {
      await all.close()
    }
    expect(problems).toEqual([])
    expect(all.network.connections() + all.clock.sleepers).toBe(0)
  },
  WITHIN_MS,
)
