import { readdir, readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue, Script } from '../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../src/sandbox/caller/record-fixtures.ts'
import { interrupting, type ScriptLine } from '../../src/sandbox/caller/script-lines.ts'
import { openWholeCalls, type WholeCall } from './whole-calls.ts'

const DESK = '+15550100042'
const GUEST = '+4915550100'
const GUESTS_NUMBER = '+4930555010'
const flite = openFlite()
const never = new AbortController().signal

/** So long after all that is heard: the original ends about a second before its interpretation begins. */
const AFTER_BOTH_MS = 2_200
const next = (say: string, ms = AFTER_BOTH_MS): ScriptLine => ({ say, cue: { after: 'agent-stopped', ms } })

const scriptOf = (name: string, from: string, lines: readonly ScriptLine[], hangUp: Cue): Promise<Script> =>
  renderScript(
    { name, about: '', from, voice: 'rms', expect: {}, lines, hangUp: { ...hangUp, withStop: true } },
    flite,
    never,
  )

/** Holds both calls on the real server: the reception rings first, and the guest joins with the code that it is told. */
async function held(desk: readonly ScriptLine[], guest: readonly ScriptLine[], hangUps: readonly [Cue, Cue]) {
  const all = await openWholeCalls({
    env: { PARTYLINE_AGENTS: './examples/translation', AGENT: 'front-desk', RECORDING: 'on' },
  })
  const first = await scriptOf('desk', DESK, desk, hangUps[0])

  async function code(): Promise<string> {
    for (;;) {
      const [folder] = await openCalls(all.dataDir)
      const text = folder ? await readFile(`${folder}/journal.jsonl`, 'utf8').catch(() => '') : ''
      const found = /The code for the other person is ([\d, ]+)\./.exec(text)?.[1]?.replace(/\D/g, '')
      if (found) return found
      await all.clock.sleep(250, never)
    }
  }
  async function second(): Promise<WholeCall> {
    const keys = { press: await code(), cue: { after: 'agent-stopped', ms: 800 } } as const
    const script = await all.outside.during(scriptOf('guest', GUEST, [keys, ...guest], hangUps[1]))
    return all.ring(script, { seed: 2, to: GUESTS_NUMBER })
  }
  const calls = await all.passing(Promise.all([all.ring(first, { seed: 1 }), second()]))
  await all.close()
  const [ofDesk, ofGuest] = calls.toSorted((a, b) => Number(isGuest(a.lines)) - Number(isGuest(b.lines)))
  if (!ofDesk || !ofGuest) throw new Error('two calls were expected')
  return { desk: ofDesk, guest: ofGuest, left: all.network.connections() + all.clock.sleepers }
}

async function openCalls(dataDir: string): Promise<readonly string[]> {
  const names = await readdir(`${dataDir}/calls`).catch(() => [])
  return names.map(name => `${dataDir}/calls/${name}`)
}

const startedOf = (lines: readonly JournalLine[]) => {
  const line = lines.find(one => 'started' in one)
  if (!line || !('started' in line)) throw new Error('there is no start')
  return line.started
}
const isGuest = (lines: readonly JournalLine[]): boolean => startedOf(lines).agent === 'front-desk-de'

/** What the person of this call has heard, one line for each speech. */
function heard({ lines }: WholeCall): readonly string[] {
  const replies = new Map<string, string>()
  for (const line of lines)
    if ('input' in line && line.input.kind === 'heard')
      replies.set(`${line.input.reply} ${line.input.part}`, line.input.text + (line.input.cut ? ' —' : ''))
  return [...replies.values()]
}

/** What they have said, as it was passed on. */
function passedOn({ lines }: WholeCall): readonly string[] {
  const said = new Map<number, string>()
  for (const line of lines)
    if ('decided' in line && line.decided.kind === 'turn' && line.decided.turn.context.passedOn)
      said.set(line.decided.turn.context.passedOn.id, line.decided.turn.context.passedOn.text)
  return [...said.values()]
}

/** When each sentence was over, and when the other person began to hear it, by the time of day. */
function delays(from: WholeCall, to: WholeCall): readonly { readonly text: string; readonly ms: number }[] {
  const [said, told] = [from, to].map(({ lines }) => ({ lines, atMs: Date.parse(startedOf(lines).wallTime) }))
  if (!said || !told) return []
  const sounding = new Map<number, number>()
  const relays = new Map<number, string>()
  for (const line of told.lines) {
    if ('decided' in line && line.decided.kind === 'turn' && 'reply' in line.decided.turn) {
      const { id, content } = line.decided.turn.reply
      if (content.kind === 'relay') relays.set(id, content.text)
    }
    if ('input' in line && line.input.kind === 'reply-sounding' && !sounding.has(line.input.reply))
      sounding.set(line.input.reply, told.atMs + line.atMs)
  }
  let lastVoicedMs = 0
  let lastId = 0
  return said.lines.flatMap(line => {
    if ('input' in line && line.input.kind === 'speech-end') lastVoicedMs = said.atMs + line.input.lastVoicedMs
    if (!('decided' in line) || line.decided.kind !== 'turn') return []
    const { passedOn } = line.decided.turn.context
    if (!passedOn || passedOn.id <= lastId) return []
    lastId = passedOn.id
    const heardAt = [...relays]
      .filter(([, text]) => text.includes(passedOn.text))
      .map(([id]) => sounding.get(id) ?? Number.NaN)
      .find(atMs => atMs >= lastVoicedMs)
    return heardAt === undefined ? [] : [{ text: passedOn.text, ms: Math.round(heardAt - lastVoicedMs) }]
  })
}

/** How loud the agent's leg of the recording is, in dB below full scale, between two times of the call. */
async function heardDb({ folder }: WholeCall, fromMs: number, toMs: number): Promise<number> {
  const { pcm, rateHz, channels } = decodeWav(await readFile(`${folder}/call-1.wav`))
  let power = 0
  let count = 0
  for (let ms = fromMs; ms < toMs; ms++, count++)
    power += (pcm[Math.round((ms * rateHz) / 1_000) * channels + channels - 1] ?? 0) ** 2
  return 10 * Math.log10(power / count / 32_768 ** 2)
}

const exact = { differences: [], notes: [] }

let calls: Awaited<ReturnType<typeof held>>
beforeAll(async () => {
  calls = await held(
    [
      // At the same time as the guest's first words.
      { say: 'Good morning, how can I help you?', cue: { after: 'answered', ms: 16_900 } },
      next('The room costs ninety euros per night. Breakfast is included. Breakfast is from seven to ten.'),
      interrupting('One moment, please.', 7_000),
    ],
    [
      next('Ich möchte ein Doppelzimmer für zwei Nächte.'),
      next('Ich möchte Frühstück.'),
      interrupting('Das ist zu teuer. Ich möchte ein Einzelzimmer ohne Frühstück für zwei Nächte.', 8_500),
      next('Vielen Dank. Auf Wiederhören.'),
    ],
    [
      { after: 'own-utterance', ms: 60_000 },
      { after: 'own-utterance', ms: 3_000 },
    ],
  )
})

test('each hears the other in their own language', () => {
  console.log(calls.desk.transcript, calls.guest.transcript, calls.left)
  console.log(delays(calls.desk, calls.guest), delays(calls.guest, calls.desk))
})
