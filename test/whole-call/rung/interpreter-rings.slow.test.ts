import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { SANDBOX_AUTH_TOKEN } from '../../../src/config.ts'
import type { JournalLine } from '../../../src/conversation/lines.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { readJournal } from '../../../src/journal/outcome.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import type { Cue, Script } from '../../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../../src/sandbox/caller/record-fixtures.ts'
import type { ScriptLine } from '../../../src/sandbox/caller/script-lines.ts'
import type { RungPerson } from '../../../src/sandbox/twilio/rung-person.ts'
import { openTwilioStandIn } from '../../../src/sandbox/twilio/stand-in.ts'
import { openWholeCalls } from '../whole-calls.ts'

const ACCOUNT = `AC${'0'.repeat(32)}`
const OWN = '+4930555010'
const GUEST = '+4930555020'
const ENV = {
  PARTYLINE_AGENTS: './test/whole-call/rung/interpreter',
  ...{ AGENT: 'front-desk', RING_OUT_FROM: OWN, RING_OUT_TO: '+49' },
  ...{ TWILIO_API_URL: 'http://127.0.0.1', TWILIO_ACCOUNT_SID: ACCOUNT },
}
const flite = openFlite()
const never = new AbortController().signal

const scriptOf = (name: string, from: string, lines: readonly ScriptLine[], hangUp: Cue): Promise<Script> =>
  renderScript(
    { name, about: '', from, voice: 'rms', expect: {}, lines, hangUp: { ...hangUp, withStop: true } },
    flite,
    never,
  )

/** What the person of this call has heard, one line for each speech. */
function heard(lines: readonly JournalLine[]): readonly string[] {
  const replies = new Map<string, string>()
  for (const line of lines)
    if ('input' in line && line.input.kind === 'heard')
      replies.set(`${line.input.reply} ${line.input.part}`, line.input.text)
  return [...replies.values()]
}

/** The reception rings the interpreter, which rings this guest. */
async function interpreted(guest: RungPerson) {
  const all = await openWholeCalls({ env: ENV })
  const guests: string[] = []
  const twilio = await openTwilioStandIn({
    serve: app => all.network.serve('127.0.0.1', app),
    ...{ accountSid: ACCOUNT, authToken: SANDBOX_AUTH_TOKEN, ticker: all.ticker, network: all.network },
    outbound: {
      ...{ publicUrl: all.url, dialUrl: all.url, announceUrl: all.standIns.deepgram.url, numbers: [OWN] },
      person: number => (number === GUEST ? guest : { code: 21211, message: 'nobody' }),
      callbacks: () => 'once',
      onCall: callSid => void guests.push(callSid),
    },
  })
  const says = [{ say: 'Good morning, how can I help you?', cue: { after: 'answered', ms: 22_000 } }] as const
  const script = await scriptOf('desk', '+15550100042', says, { after: 'own-utterance', ms: 45_000 })
  const desk = await all.passing(all.ring(script, { seed: 1 }))
  const ofGuests = await Promise.all(
    guests.map(callId => readJournal(join(all.dataDir, 'calls', callId, 'journal.jsonl')).catch(() => [])),
  )
  const live = all.partyline.calls.live()
  await all.passing(twilio.close())
  await all.close()
  return { desk, guests: ofGuests, live, left: all.network.connections() + all.clock.sleepers }
}

test('an interpreter rings the other person, who is greeted in their language and understood', async () => {
  const says = [
    { say: 'Ich möchte ein Doppelzimmer für zwei Nächte.', cue: { after: 'answered', ms: 26_000 } },
  ] as const
  const script = await scriptOf('guest', OWN, says, { after: 'own-utterance', ms: 12_000 })
  const { desk, guests, live, left } = await interpreted({ kind: 'answers', afterMs: 4_000, script })
  const [guest = []] = guests
  expect(heard(guest).slice(0, 2)).toEqual([
    'Dieses Gespräch wird aufgezeichnet.',
    expect.stringMatching(/Dolmetscher/),
  ])
  expect(heard(guest)).toContain('Guten Morgen, wie kann ich Ihnen helfen?')
  expect(heard(desk.lines)).toContain('I would like a double room for two nights.')
  expect(heard(desk.lines).at(-1)).toBe('The other person has left the call. Goodbye.')
  expect(guest).toContainEqual(
    expect.objectContaining({
      noted: expect.objectContaining({ kind: 'rung-by-us', besideCallId: basename(desk.folder) }),
    }),
  )
  for (const lines of [desk.lines, guest])
    expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  expect([guests.length, live, left]).toEqual([1, 0, 0])
}, 240_000)

test('a person who does not answer is told of, and may still come by a code', async () => {
  const { desk, live, left } = await interpreted({ kind: 'is-busy', afterMs: 2_000 })
  expect(heard(desk.lines).join(' ')).toMatch(/I could not reach the other person/)
  expect(heard(desk.lines).join(' ')).toMatch(/The code for the other person is/)
  expect([live, left]).toEqual([0, 0])
}, 240_000)
