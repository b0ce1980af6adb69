import { expect, test } from 'vitest'
import type { MemoryNetwork } from '../whole-call/memory-network.ts'
import { ADDRESS, atUtterance, faultyCall, PARKING, phrases, thinking, told } from './calls.ts'
import { holes, lateSounds, lateWords } from './heard.ts'
import { type Meddling, openRelay } from './relay.ts'

const PARK = 'You can park for free behind the house, and there is always room in the evening.'
const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const STORY = 'Please tell me the story of the restaurant.'
const SECOND = { env: { TTS: 'cartesia,elevenlabs', ELEVENLABS_API_KEY: 'key' }, more: ['elevenlabs'] } as const

const through = (meddling: Meddling) => ({
  cartesia: (url: string, network: MemoryNetwork) => openRelay(url, network, meddling),
})
interface Spoken {
  readonly type: string
  readonly context_id?: string
}
const isSound = (message: string): boolean => (JSON.parse(message) as Spoken).type === 'chunk'

test('fault 9: the voice gives no sound: "let me see" and an apology, which are kept, and the next answer is spoken', async () => {
  const call = await faultyCall({
    onEvent(event, all) {
      if (event.kind !== 'utterance') return
      all.standIns.cartesia.faults.set(event.index === 0 ? [{ kind: 'stall', times: 99 }] : [])
    },
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([thinking, phrases.apology, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'reply-failed')).toMatchObject([{ provider: 'Cartesia' }])
})

test('fault 9: a voice that says it is done, without sound and without an error, is not taken for one that has spoken', async () => {
  let isMute = false
  const call = await faultyCall({
    between: through({ down: message => (isMute && isSound(message) ? [] : [message]) }),
    onEvent(event) {
      if (event.kind === 'utterance') isMute = event.index === 0
    },
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([phrases.apology, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'reply-failed').length).toBeGreaterThan(0)
})

test('fault 9: with a second voice the answer is spoken once', async () => {
  const call = await faultyCall({
    ...SECOND,
    onEvent: atUtterance(0, all => all.standIns.cartesia.faults.set([{ kind: 'status', status: 429, times: 99 }])),
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'TTS', from: 'cartesia', to: 'elevenlabs' }])
})

test('fault 10: the voice stalls between two sentences: what was said is not said again, and an apology comes', async () => {
  let sounds = 0
  let isStalling = false
  const call = await faultyCall({
    says: [STORY, ADDRESS],
    between: through({
      down: message => (isStalling && isSound(message) && ++sounds > 30 ? [] : [message]),
      up: message => [message],
    }),
    onEvent(event) {
      if (event.kind === 'utterance') isStalling = event.index === 0
    },
  })
  const [, begun = '', ...rest] = call.outcome.agentReplies
  expect(begun).toMatch(/^Gladly\./)
  expect(rest).toEqual([phrases.apology, HARBOR])
  expect(lateWords(call.record)).toEqual([])
  expect(holes(call.record).filter(({ ms }) => ms > 4_000)).toEqual([])
  expect(told(call, 'reply-failed')).toMatchObject([{ provider: 'Cartesia' }])
})

test('fault 10: with a second voice there is no gap of more than a second, and no word twice', async () => {
  const call = await faultyCall({
    ...SECOND,
    says: [STORY, ADDRESS],
    onEvent: atUtterance(0, all =>
      all.standIns.cartesia.faults.set([{ kind: 'stall', times: 99, afterMessages: 30 }]),
    ),
  })
  const [, story = '', next] = call.outcome.agentReplies
  expect(story).toMatch(/^Gladly\..*the same harbor\.$/)
  expect(story.match(/opened this house/g)).toHaveLength(1)
  expect(next).toBe(HARBOR)
  expect(holes(call.record).filter(({ ms }) => ms > 1_500)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'TTS' }])
})

test('fault 11: sound of a cancelled answer that comes late is heard by nobody', async () => {
  const held: string[] = []
  let isLate = false
  const call = await faultyCall({
    says: [STORY, PARKING],
    cues: [undefined, { after: 'agent-started', ms: 1_500 }],
    between: through({
      down(message, socket) {
        if (!isSound(message)) return [message]
        held.push(message)
        // With each sound of the new answer comes one of the old.
        if (isLate) for (const old of held.slice(0, 40)) socket.down(old)
        return [message]
      },
      up(message, socket) {
        if (!String(message).includes('"cancel":true')) return [message]
        isLate = true
        for (const old of held.slice(-40)) socket.down(old)
        return [message]
      },
    }),
  })
  const [, story = '', answer] = call.outcome.agentReplies
  expect(isLate).toBe(true)
  expect(story.length).toBeLessThan(120)
  expect(answer).toBe(PARK)
  const [, question] = call.record.utterances
  const clear = call.record.clears.at(-1)
  const answerMs = call.record.agentSpans.find(span => span.startMs > (question?.lastVoicedMs ?? 0))
  const between = call.record.agentSpans.filter(
    span => span.startMs > (clear?.atMs ?? 0) + 40 && span.startMs < (question?.lastVoicedMs ?? 0),
  )
  expect(between).toEqual([])
  // The same sentence without any of this is as long.
  const spokenMs = call.record.agentSpans.filter(span => span.startMs >= (answerMs?.startMs ?? 0)).at(-1)?.endMs ?? 0
  expect(spokenMs - (answerMs?.startMs ?? 0)).toBeLessThan(6_500)
  expect(lateSounds(call.record)).toEqual([])
})
