import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { loudnessDb } from '../../src/audio/loudness.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Cue } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWholeCalls, type WholeCall } from '../whole-call/whole-calls.ts'

const SAYS = [
  'Two margheritas and a funghi please.',
  'What is the total?',
  'My last food was cold, I want to complain.',
  'Goodbye.',
]
const AFTER: Cue = { after: 'agent-stopped', ms: 1_000 }
/** The second is said over the agent. */
const OVER: Cue = { after: 'agent-started', ms: 700 }
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

interface Rung extends WholeCall {
  readonly agent: Int16Array
  readonly inputs: readonly string[]
}

async function rung(pizza: string): Promise<Rung> {
  const flite = openFlite()
  const all = await openWholeCalls({
    env: { AGENT: 'pizza', PARTYLINE_AGENTS: `${at(pizza)},${at('line/complaints.md')}` },
  })
  const spoken = await scriptOfTexts(SAYS, 'rms', flite, seeded(5), new AbortController().signal)
  const cues = [AFTER, OVER, AFTER, AFTER]
  const script = { ...spoken, utterances: spoken.utterances.map((one, i) => ({ ...one, cue: cues[i] ?? AFTER })) }
  const call = await all.passing(all.ring(script, { seed: 18 }))
  const { pcm, channels } = decodeWav(await readFile(join(call.folder, 'call-1.wav')))
  const agent = pcm.filter((_, i) => i % channels === 1)
  await all.close()
  await flite.close()
  const inputs = call.lines.flatMap(line => ('input' in line ? [`${Math.round(line.atMs)} ${line.input.kind}`] : []))
  return { ...call, agent, inputs }
}

let plain: Rung
let sounding: Rung
beforeAll(async () => {
  plain = await rung('line/pizza.ts')
  sounding = await rung('sounding/pizza.ts')
})

test('a call with sounds behind the agent goes as one without: words, turns, times, barge-in', () => {
  expect(sounding.record.warnings).toEqual([])
  expect(outcomeOf(sounding.lines, english)).toEqual(outcomeOf(plain.lines, english))
  expect(sounding.transcript).toBe(plain.transcript)
  expect(sounding.inputs).toEqual(plain.inputs)
  expect(plain.inputs.filter(input => input.endsWith('speech-start')).length).toBeGreaterThanOrEqual(4)
})

test('the recording has them, quieter under speech, and the journal says so', () => {
  const noted = sounding.lines.flatMap(line =>
    'noted' in line && line.noted.kind === 'background-sound' ? [line] : [],
  )
  expect(noted.map(({ noted: { background, thinking } }) => ({ background, thinking }))).toEqual([
    { background: 'office', thinking: 'typing' },
    // The agent to whom the call is handed has none.
    { background: undefined, thinking: undefined },
  ])
  const [fromMs = 0, untilMs = 0] = noted.map(({ atMs }) => atMs)
  const frames = Math.min(plain.agent.length, sounding.agent.length) / 160
  const [pauses, spoken]: [number[], number[]] = [[], []]
  for (let frame = Math.ceil(fromMs / 20) + 100; frame < untilMs / 20 - 100 && frame < frames; frame++) {
    const [own, both] = [plain, sounding].map(({ agent }) => agent.subarray(frame * 160, (frame + 1) * 160))
    if (!own || !both) continue
    const difference = loudnessDb(both.map((sample, i) => sample - (own[i] ?? 0)))
    if (loudnessDb(own) > -35) spoken.push(difference)
    else if (loudnessDb(own) === Number.NEGATIVE_INFINITY) pauses.push(difference)
  }
  /** Of the pauses those count in which the caller is silent, too. */
  const loud = pauses.toSorted((a, b) => b - a)[Math.floor(pauses.length / 5)] ?? Number.NaN
  const under = spoken.toSorted((a, b) => b - a)[Math.floor(spoken.length / 2)] ?? Number.NaN
  expect(pauses.length).toBeGreaterThan(50)
  expect(spoken.length).toBeGreaterThan(50)
  expect(loud).toBeGreaterThan(-54)
  expect(loud - under).toBeGreaterThan(8)
  expect(loud - under).toBeLessThan(17)
})
