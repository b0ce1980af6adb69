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
    onEvent: atUtterance(0, all => all.standIns.cartesia.faults.set([{ kind: 'stall', times: 99, afterMessages: 30 }])),
  })
  const [, story = '', next] = call.outcome.agentReplies
  expect(story).toMatch(/^Gladly\..*the same harbor\.$/)
  expect(story.match(/opened this house/g)).toHaveLength(1)
  expect(next).toBe(HARBOR)
  expect(holes(call.record).filter(({ ms }) => ms > 1_500)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'TTS' }])
})

test('fault 11: sound of a cancelled answer that comes late is heard by nobody', async () => {
  /** What the service has of the first answer and has not sent yet. */
  const held: string[] = []
  let sounds = 0
  let isCancelled = false
  const call = await faultyCall({
    says: [STORY, PARKING],
    cues: [undefined, { after: 'agent-started', ms: 1_500 }],
    between: through({
      down(message, socket) {
        if (!isCancelled && (sounds > 25 || (isSound(message) && ++sounds > 25))) {
          held.push(message)
          return []
        }
        // With each message of the new answer comes one of the old.
        const [old] = held.splice(0, 1)
        if (old !== undefined) socket.down(old)
        return [message]
      },
      up(message, socket) {
        if (!String(message).includes('"cancel":true')) return [message]
        isCancelled = true
        for (const old of held.splice(0, 20)) socket.down(old)
        return [message]
      },
    }),
  })
  const [, story = '', answer] = call.outcome.agentReplies
  expect(isCancelled).toBe(true)
  expect(story).toMatch(/^Gladly\./)
  expect(story).not.toContain('garden')
  expect(answer).toBe(PARK)
  const [, question] = call.record.utterances
  const askedMs = question?.lastVoicedMs ?? 0
  const stoppedMs = (call.record.clears.at(-1)?.atMs ?? 0) + 40
  const spans = call.record.agentSpans
  expect(spans.filter(({ startMs }) => startMs > stoppedMs && startMs < askedMs)).toEqual([])
  // The answer is as long as it is without any of this: nothing of the old one is in it.
  const [first] = spans.filter(({ startMs }) => startMs > askedMs)
  expect((spans.at(-1)?.endMs ?? 0) - (first?.startMs ?? 0)).toBeLessThan(5_500)
  expect(lateSounds(call.record)).toEqual([])
})
