import { expect, test } from 'vitest'
import { encodeMulaw } from '../../../src/audio/mulaw.ts'
import { encodeWav } from '../../../src/audio/wav.ts'
import { withSound } from '../../../src/channels/phone/waiting-route.ts'
import type { FarEnd } from '../../../src/sandbox/twilio/line.ts'
import { parseTwiml } from '../../../src/sandbox/twilio/twiml.ts'
import { runVerb, type VerbContext } from '../../../src/sandbox/twilio/twiml-verbs.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { tone } from '../caller/sounds.ts'

const PUBLIC_URL = 'https://agent.example.com'
const PCM = tone(400)
const WAV = Buffer.from(encodeWav({ pcm: PCM, rateHz: 8_000, channels: 1 }))

/** What a call whose document plays a file hears, and what is told of it, where the file is answered so. */
async function played(answer: () => Response) {
  const clock = new FakeClock()
  const asked: string[] = []
  const told: unknown[] = []
  const heard: number[] = []
  let farEnd: FarEnd | undefined
  const call: VerbContext = {
    application: {
      ...{ publicUrl: PUBLIC_URL, dialUrl: 'http://application' },
      network: {
        async fetch(url) {
          asked.push(String(url))
          return answer()
        },
      },
    },
    ...{ accountSid: 'AC1', authToken: 'token', callSid: 'CA1', clock, random: () => 0.5, jitter: undefined },
    ...{ dialOutcome: 'answered', speak: undefined, emit: event => void told.push(event), callback: () => undefined },
    ...{ onStream: () => undefined, onDialAnswered: () => undefined, hangsUpWithStop: () => true },
    line: {
      connect(end) {
        farEnd = end
        return () => {
          farEnd = undefined
        }
      },
    } as VerbContext['line'],
  }
  const [verb] = parseTwiml(`<Response><Play>${PUBLIC_URL}/calls/waiting/a.wav</Play></Response>`)
  if (!verb) throw new Error('no verb')
  let after: unknown
  const run = runVerb(verb, PUBLIC_URL, call, new AbortController().signal).then(next => {
    after = next
  })
  for (let ms = 0; ms < 5_000 && after === undefined; ms += 20) {
    heard.push(...(farEnd?.slot(new Uint8Array(160), 0) ?? []))
    await clock.advance(20)
  }
  await run
  return { asked, told, heard, after }
}

test('a file is fetched from the application, and heard to its end', async () => {
  const { asked, told, heard, after } = await played(
    () => new Response(WAV, { headers: { 'content-type': 'audio/wav' } }),
  )
  expect(asked).toEqual(['http://application/calls/waiting/a.wav'])
  expect([told, after]).toEqual([[], 'next'])
  // A slot may have passed before the file was there.
  expect(heard.length).toBeGreaterThanOrEqual(PCM.length - 160)
  expect(heard).toEqual([...encodeMulaw(PCM).subarray(0, heard.length)])
})

test.each([
  ['that is not there', () => new Response('', { status: 404 }), '11200'],
  ['of another kind than it says', () => new Response(WAV, { headers: { 'content-type': 'text/html' } }), '12300'],
  ['that is no WAV', () => new Response('hello', { headers: { 'content-type': 'audio/wav' } }), 'not a WAV file'],
])('a file %s is a warning, and the call goes on', async (_what, answer, why) => {
  const { told, heard, after } = await played(answer)
  expect(told).toEqual([{ kind: 'warning', text: expect.stringContaining(why) }])
  expect([heard, after]).toEqual([[], 'next'])
})

test('without music the words keep their pause', () => {
  const words = '<Response><Say>Wait.</Say><Pause length="6"/></Response>'
  expect(withSound(words, undefined)).toBe(words)
  expect(parseTwiml(withSound(words, `${PUBLIC_URL}/a.wav`)).map(({ verb }) => verb)).toEqual(['Say', 'Play'])
})
