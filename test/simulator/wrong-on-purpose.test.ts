import { expect, test } from 'vitest'
import { stateAfter } from '../../src/journal/streams-before.ts'
import { CallerSpeech } from './caller-speech.ts'
import { circumstancesOf } from './circumstances.ts'
import { courseOf } from './invariants/course.ts'
import { answersToItself } from './invariants/the-agent-never-answers-itself.ts'
import { brokenCall } from './one-call.ts'
import type { BreakKind } from './servers/breaks.ts'
import { callBreachesOf } from './servers/call-invariants.ts'
import { type Parts, severalStreams } from './servers/several-streams.ts'

/** The first seeds whose only trouble is one of this kind. */
function seedsOf(kind: BreakKind, count: number): readonly number[] {
  const seeds: number[] = []
  for (let seed = 1; seeds.length < count; seed++) {
    const { breaks, storeFaults, voice, media } = circumstancesOf(seed)
    const [only, more] = breaks
    if (more || storeFaults.length > 0 || only?.kind !== kind || only.afterMs < 8_000) continue
    if (voice.cachesPhrases && media.echoMs === undefined) seeds.push(seed)
  }
  return seeds
}

async function reported(kind: BreakKind, wrong: Partial<Parts>): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const seed of seedsOf(kind, 3))
    for (const { invariant } of (await brokenCall(seed, wrong)).breaches) found.add(invariant)
  return found
}

test('a store that fences nobody is reported', async () => {
  const wrong: Partial<Parts> = {
    store: store => ({ ...store, commit: (callId, _attempt, seq, text) => store.commit(callId, 99, seq, text) }),
  }
  // The server that lost its stream writes before the one that has the call now.
  const { breaches } = await brokenCall(559, wrong)
  expect(breaches.map(({ invariant }) => invariant)).toContain('an earlier stream commits nothing')
})

test('a store that acknowledges what it does not write is reported', async () => {
  const found = await reported('line broken', { store: store => ({ ...store, commit: async () => undefined }) })
  expect(found).toContain('nothing committed is lost')
  expect(found).toContain('the last finished turn is kept')
})

test('a call that goes on in silence is reported', async () => {
  const wrong: Partial<Parts> = {
    stateAfter(before, ...rest) {
      const { turn, history } = stateAfter(before, ...rest)
      const idle = { id: turn.context.ids + 1, dueMs: 30_000, why: 'idle' }
      if (before.length === 0) return { turn, history }
      return { turn: { kind: 'listening', context: { ...turn.context, ids: idle.id }, prompted: false, idle }, history }
    },
  }
  expect(await reported('server killed', wrong)).toContain('the caller hears words again soon')
})

test('what was seen of a call, changed afterwards, is reported', async () => {
  const [seed = 1] = seedsOf('stream half-open', 1)
  const call = await severalStreams(seed)
  const courses = call.streams.map(courseOf)
  expect(callBreachesOf(call, courses)).toEqual([])
  const twice = callBreachesOf({ ...call, made: new Map([['a key', 2]]) }, [])
  expect(twice).toEqual([{ invariant: 'no key has two effects', why: 'a key was made 2 times' }])
  const held = call.streams.map(stream => ({ ...stream, overMs: stream.startMs + 200_000 }))
  expect(callBreachesOf({ ...call, streams: held }, []).map(({ invariant }) => invariant)).toContain(
    'no call is held twice',
  )
  expect(callBreachesOf({ ...call, leftovers: { sleepers: 1 } }, [])).toHaveLength(1)
  const unsaid = courses.flatMap(course => answersToItself({ ...course, callerSpeech: new CallerSpeech() }))
  expect(unsaid.join()).toContain('which the caller never said')
})
