import { expect, test } from 'vitest'
import type { SttInput, Transcript, VoiceEvent } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { JobError, type JobProblem } from '../../../src/jobs/job-error.ts'
import { localEars } from '../../../src/providers/local/local-ears.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { ends, FakeEars, starts, voiceAt } from './fake-ears.ts'

const FRAME_MS = 20

/** A session whose sound passes in virtual time, from 0 on. */
function open(events: readonly VoiceEvent[], { rateHz = 8_000 } = {}) {
  const clock = new FakeClock()
  const ears = new FakeEars(clock)
  const stt = localEars({ ears: ears.ears, rateHz, voiceActivity: voiceAt(...events) }, clock)
  const session = { ears, clock, stt, heard: [] as Transcript[], ended: 'not yet', ...sessionOf() }

  function sessionOf() {
    const input = new Queue<SttInput>(10_000)
    const call = new AbortController()
    let atMs = 0
    /** Lets the caller's sound pass: `sample` gives it by its time in ms. */
    async function sound(ms: number, sample: (atMs: number) => number = () => 1_000): Promise<void> {
      for (let left = ms; left > 0; left -= FRAME_MS) {
        const pcm = Int16Array.from({ length: (rateHz * FRAME_MS) / 1_000 }, (_, i) =>
          sample(atMs + (i / rateHz) * 1_000),
        )
        input.push({ pcm, rateHz, atMs })
        atMs += FRAME_MS
        await clock.advance(FRAME_MS)
      }
    }
    return {
      input,
      call,
      sound,
      lose(ms: number): void {
        atMs += ms
      },
      flush: (): void => input.push('flush'),
    }
  }

  async function listen(): Promise<void> {
    try {
      for await (const transcript of stt.transcribe(session.input, session.call.signal)) session.heard.push(transcript)
      session.ended = 'ended'
    } catch (error) {
      session.ended = error instanceof Error ? `${error.name} ${error.message}` : String(error)
      session.ended += error instanceof Error && 'retryable' in error ? ` retryable=${error.retryable}` : ''
    }
  }
  void listen()
  return session
}

const texts = ({ heard }: { readonly heard: readonly Transcript[] }): readonly string[] =>
  heard.map(({ text, final }) => `${final ? 'final' : 'interim'}: ${text}`)

test('silence is not recognised, and brings nothing', async () => {
  const session = open([])
  await session.sound(5_000, () => 0)
  session.flush()
  await session.sound(1_000)
  expect(session.ears.asked).toEqual([])
  expect(session.heard).toEqual([])
})

test('the growing utterance is heard again and again, and a last time at the end of the voice', async () => {
  const session = open([starts(1_000), ends(3_000)])
  await session.sound(3_300)
  session.flush()
  await session.sound(500)
  const kinds = session.ears.asked.map(({ kind }) => kind)
  expect(kinds).toEqual(['interim', 'interim', 'interim', 'interim', 'final'])
  // Silence of 100 ms on both sides, and 200 ms before the voice and after it.
  expect(session.ears.of('final')[0]?.ms).toBe(100 + 200 + 2_000 + 200 + 100)
  expect(texts(session)).toEqual([
    'interim: interim 1',
    'interim: interim 2',
    'interim: interim 3',
    'interim: interim 4',
    'final: final 5',
  ])
  expect(session.heard.every(({ ended }) => !ended)).toBe(true)
})

test('the first interim words come half a second after the voice begins', async () => {
  const session = open([starts(1_000)])
  await session.sound(1_580)
  expect(session.heard).toHaveLength(1)
})

test('a flush in the voice makes final what there is; the rest is another utterance', async () => {
  const session = open([starts(1_000), ends(4_000)])
  session.ears.answer = ({ kind }) => (kind === 'final' ? 'words' : undefined)
  await session.sound(2_000)
  session.flush()
  await session.sound(3_000)
  const [first, second] = session.ears.of('final')
  expect(first?.ms).toBe(200 + 1_200)
  expect(second?.ms).toBe(200 + 2_200)
  expect(texts(session)).toEqual(['final: words', 'final: words'])
})

test('a flush before the detector reports the same end brings one final', async () => {
  const session = open([starts(1_000), ends(2_000)])
  await session.sound(2_160)
  session.flush()
  await session.sound(1_500)
  expect(session.ears.of('final')).toHaveLength(1)
})

test('an utterance of which nothing was heard is tried once more, tighter, and is an empty final after that', async () => {
  const session = open([starts(1_000), ends(1_400)])
  session.ears.answer = () => ''
  await session.sound(2_500)
  expect(session.ears.of('final').map(({ ms }) => ms)).toEqual([1_000, 800])
  expect(texts(session)).toEqual(['final: '])
})

test('a long noise without words is not tried again', async () => {
  const session = open([starts(1_000), ends(5_000)])
  session.ears.answer = () => ''
  await session.sound(5_500)
  expect(session.ears.of('final')).toHaveLength(1)
  expect(texts(session)).toEqual(['final: '])
})

test('a click is not recognised', async () => {
  const session = open([starts(1_000), ends(1_060)])
  await session.sound(2_000)
  expect(session.ears.asked).toEqual([])
  expect(texts(session)).toEqual(['final: '])
})

test('an interim for which there is no time is tried again soon, and its end changes nothing', async () => {
  const session = open([starts(1_000), ends(4_000)])
  session.ears.answer = ({ kind }, count) => (kind === 'interim' && count < 4 ? undefined : `${kind} ${count}`)
  await session.sound(2_000)
  const [first, second] = session.ears.asked
  expect((second?.ms ?? 0) - (first?.ms ?? 0)).toBe(100)
  expect(texts(session)[0]).toBe('interim: interim 4')
})

test('a slow machine is asked less often: a quarter of its time for each call', async () => {
  const session = open([starts(0)])
  session.ears.tookMs = 1_000
  await session.sound(12_000)
  expect(session.ears.asked.length).toBeLessThanOrEqual(3)
  expect(session.ears.asked.length).toBeGreaterThanOrEqual(2)
})

test('an interim that is still made when the voice ends is given up, and never comes after the final', async () => {
  const session = open([starts(1_000), ends(1_560)])
  session.ears.tookMs = 450
  await session.sound(3_000)
  const [interim] = session.ears.of('interim')
  expect(interim?.signal.aborted).toBe(true)
  expect(texts(session)).toEqual(['final: final 2'])
})

test('finals come in the order of their utterances, and no interim between them', async () => {
  const session = open([starts(500), ends(1_000), starts(1_400), ends(2_000)])
  session.ears.tookMs = 900
  session.ears.answer = ({ kind }, count) => (kind === 'final' ? `${count}` : undefined)
  await session.sound(5_000)
  const finals = session.heard.filter(({ final }) => final)
  // The second voice began before the words of the first one came.
  const heard = finals.flatMap(({ text }) => text.split(' ').map(Number))
  expect(heard).toHaveLength(2)
  expect(heard[0]).toBeLessThan(heard[1] ?? 0)
})

test('minutes of speech are made final in pieces, cut where it is quiet, and nothing is lost', async () => {
  const session = open([starts(0), ends(60_000)])
  session.ears.answer = ({ kind }, count) => (kind === 'final' ? `${count}` : undefined)
  // A gap of 200 ms every three seconds, which a detector does not take for an end.
  await session.sound(61_000, atMs => (atMs % 3_000 < 200 ? 0 : 1_000))
  const finals = session.ears.of('final')
  expect(finals.length).toBeGreaterThanOrEqual(4)
  for (const { ms } of finals) expect(ms).toBeLessThanOrEqual(15_200)
  const soundMs = finals.reduce((sum, { ms }) => sum + ms - 200, 0)
  expect(soundMs).toBeCloseTo(60_200, 0)
  for (const { pcm } of finals.slice(0, -1)) expect(Math.abs(pcm[pcm.length - 1 - 1_600] ?? 1)).toBeLessThan(100)
})

test('what the line lost is left out', async () => {
  const session = open([starts(1_000), ends(4_000)])
  session.ears.answer = ({ kind }) => (kind === 'final' ? 'words' : undefined)
  await session.sound(2_000)
  session.lose(1_000)
  await session.sound(2_000)
  expect(session.ears.of('final')[0]?.ms).toBe(200 + 200 + 3_000 + 200 - 1_000)
})

test('sound of a browser is brought to the rate of the model', async () => {
  const session = open([starts(1_000), ends(2_000)], { rateHz: 24_000 })
  await session.sound(2_500)
  expect(session.ears.of('final')[0]?.ms).toBe(1_600)
})

test('words are told as people write them now', async () => {
  const session = open([starts(1_000), ends(2_000)])
  session.ears.answer = () => 'To-day and to-morrow, Five-five-one, good-bye.'
  await session.sound(2_500)
  expect(session.heard.at(-1)?.text).toBe('Today and tomorrow, Five five one, goodbye.')
})

test('the end of the sound makes final what there is', async () => {
  const session = open([starts(1_000)])
  await session.sound(2_000)
  session.input.close()
  await session.clock.advance(500)
  expect(texts(session).at(-1)).toMatch(/^final: /)
  expect(session.ended).toBe('ended')
})

test('a call that leaves in the middle of a decode ends it, and leaves nothing behind', async () => {
  const session = open([starts(1_000), ends(2_000)])
  session.ears.tookMs = 60_000
  await session.sound(2_500)
  session.call.abort(new Error('hung up'))
  await session.clock.advance(0)
  expect(session.ended).toBe('ended')
  expect(session.ears.asked.every(({ signal }) => signal.aborted)).toBe(true)
  expect(session.clock.pending).toBe(0)
})

test('a process that dies once in a call is asked again; the second time the session fails', async () => {
  const session = open([starts(1_000), ends(2_000), starts(4_000), ends(5_000)])
  let deaths = 0
  session.ears.answer = ({ kind }) => {
    if (kind === 'interim') return undefined
    deaths++
    return deaths % 2 === 1 ? new JobError('died', 'the process of the ears ended (SIGSEGV)') : 'words'
  }
  await session.sound(3_000)
  expect(texts(session)).toEqual(['final: words'])
  await session.sound(3_000)
  expect(session.ended).toBe(
    'ProviderError Local ears: the process that recognises speech failed twice in this call: the process of the ears ended (SIGSEGV) retryable=true',
  )
})

test.each<[JobProblem, string]>([
  ['late', 'this machine cannot keep up: an utterance waited too long for its turn to be recognised retryable=true'],
  ['full', 'this machine cannot keep up: an utterance waited too long for its turn to be recognised retryable=true'],
  ['failed', 'an utterance could not be recognised: why retryable=true'],
  ['unfit', 'why retryable=true'],
  ['closed', 'why retryable=false'],
])('ears that are %s fail the session in plain words', async (kind, words) => {
  const session = open([starts(1_000), ends(2_000)])
  session.ears.answer = asked => (asked.kind === 'interim' ? undefined : new JobError(kind, 'why'))
  await session.sound(3_000)
  expect(session.ended).toBe(`ProviderError Local ears: ${words}`)
})

test('words that do not become final in the time that was promised fail the session', async () => {
  const session = open([starts(1_000), ends(2_000)])
  session.ears.answer = ({ kind }) => (kind === 'interim' ? undefined : 'words')
  session.ears.tookMs = 6_000
  await session.sound(10_000)
  expect(texts(session)).toEqual([])
  expect(session.ended).toBe(
    'ProviderError Local ears: the recognition of an utterance took longer than 5000 ms retryable=true',
  )
})

test('an interim whose process dies is no failure, but counts', async () => {
  const session = open([starts(1_000), ends(3_000)])
  session.ears.answer = ({ kind }, count) =>
    count === 1 ? new JobError('died', 'why') : kind === 'interim' ? undefined : new JobError('hung', 'it hung')
  await session.sound(4_000)
  expect(session.ended).toContain('failed twice in this call: it hung')
})
