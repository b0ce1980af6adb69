import { afterEach, expect, test } from 'vitest'
import { said } from '../../../src/contract/said.ts'
import type { Transcript } from '../../../src/conversation/ports.ts'
import type { ScriptedAnswer } from '../../../src/sandbox/openai/scripted-model.ts'
import { answer, asks, openSession } from './opened.ts'

type Session = Awaited<ReturnType<typeof openSession>>

const LONG =
  'We open at five on Friday. The kitchen closes at ten, and the bar stays open until midnight. Come any time.'
const SHORT = 'It is open today.'
const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })
const open: Session[] = []

/** A session whose model answers so. */
async function sessionWith(...answers: readonly ScriptedAnswer[]): Promise<Session> {
  const session = await openSession({ answer: () => answers })
  open.push(session)
  return session
}

afterEach(async () => {
  for (const session of open.splice(0)) {
    await session.close()
    expect(session.network.connections()).toBe(0)
  }
})

const lineOf = (words: readonly { readonly text: string }[]): string => words.map(({ text }) => text).join(' ')

/** The caller says this; what is heard of it. Between two texts there is so much silence, without a sound on the line. */
async function hear(session: Session, texts: readonly string[], { apartMs = 1_000 } = {}): Promise<Transcript[]> {
  const { ports, clock, announced } = session
  const mouth = new AbortController()
  const all = texts.flatMap(text => [
    { kind: 'words', text } as const,
    { kind: 'silence', ms: 1_500 } as const,
    { kind: 'nothing', ms: apartMs } as const,
  ])
  const parts = { clock, rateHz: 8_000, step: () => undefined, signal: mouth.signal }
  const announce = (utterance: Parameters<typeof announced.announce>[1]) => announced.announce('CA1', utterance)
  return Array.fromAsync(ports.speechToText.transcribe(said(all, { ...parts, announce }), session.life.signal))
}

const finals = (heard: readonly Transcript[]): string[] =>
  heard.filter(({ final, text }) => final && text !== '').map(({ text }) => text)

test('what the model answers is heard in its own sound, and no other voice is asked', async () => {
  const session = await sessionWith(say(LONG))
  const { text, words, soundMs, tokens } = await session.passing(answer(session, asks('When are you open?')))
  const truth = await session.speakLike(LONG)
  expect(text).toBe(LONG)
  expect(lineOf(words)).toBe(LONG)
  expect(session.other).toEqual([])
  expect(soundMs).toBeCloseTo((truth.pcm.length / truth.rateHz) * 1_000, -2)
  expect(tokens?.audio?.output).toBeGreaterThan(50)
})

test('its words are where they are heard, to half a second, and never before the voice', async () => {
  const session = await sessionWith(say(LONG))
  const { words } = await session.passing(answer(session, asks('When are you open?')))
  const truth = await session.speakLike(LONG)
  for (const [i, word] of words.entries()) {
    expect(Math.abs(word.endMs - (truth.words[i]?.endMs ?? 0))).toBeLessThan(500)
    expect(word.startMs).toBeGreaterThanOrEqual(words[i - 1]?.endMs ?? 0)
    expect(word.endMs).toBeGreaterThanOrEqual(word.startMs)
  }
})

test('one short sentence is heard before the model has made all of its sound', async () => {
  const session = await sessionWith(say(SHORT))
  const { firstSoundMs, soundMs } = await session.passing(answer(session, asks('Are you open?')))
  // Its first token takes 200 ms, its first sound 150 more; the end of the response comes a fifth of its length later.
  expect(firstSoundMs).toBeLessThan(350 + soundMs / 5)
})

test('a reply that is cut ends in its sound where its last clause ends', async () => {
  const session = await sessionWith(say(LONG))
  const { words, soundMs } = await session.passing(answer(session, asks('When are you open?'), { most: 1 }))
  const truth = await session.speakLike(LONG)
  const all = (truth.pcm.length / truth.rateHz) * 1_000
  const last = truth.words[words.length - 1]
  expect(LONG.startsWith(lineOf(words))).toBe(true)
  expect(soundMs).toBeLessThan(all / 2)
  expect(Math.abs(soundMs - (last?.endMs ?? 0))).toBeLessThan(500)
})

test('words before a tool call are heard, and the call comes after them', async () => {
  const session = await sessionWith(say('Let me look it up.'), {
    kind: 'call',
    name: 'look_up',
    arguments: { what: 'it' },
  })
  const { text, words, calls } = await session.passing(answer(session, asks('Look it up.')))
  expect(text).toBe('Let me look it up.')
  expect(lineOf(words)).toBe('Let me look it up.')
  expect(calls).toEqual(['look_up'])
})

test('nothing of a reply that was aborted is heard in the next one, though the server still sends some of it', async () => {
  const session = await sessionWith(say(LONG))
  const { clock, passing } = session
  const first = new AbortController()
  const aborted = answer(session, asks('When are you open?', 1), { until: first.signal }).catch(error => error)
  await passing(clock.sleep(700, session.life.signal))
  first.abort(new Error('the caller spoke'))
  const { words, soundMs } = await passing(answer(session, asks('And on Sunday?', 2)))
  await passing(aborted)
  const truth = await session.speakLike(LONG)
  expect(lineOf(words)).toBe(LONG)
  expect(soundMs).toBeCloseTo((truth.pcm.length / truth.rateHz) * 1_000, -2)
})

test('a phrase is spoken by the other voice, also while a response is under way', async () => {
  const session = await sessionWith(say(LONG))
  const asked = answer(session, asks('When are you open?', 3))
  async function* filler(): AsyncGenerator<string> {
    yield 'Let me see.'
  }
  await session.passing(
    Array.fromAsync(session.ports.voice.speak(filler(), session.life.signal, { reply: 3, part: -0.1 })),
  )
  const { words } = await session.passing(asked)
  expect(session.other).toEqual(['Let me see.'])
  expect(lineOf(words)).toBe(LONG)
})

test('the sound of an answer costs nothing besides its tokens', async () => {
  const session = await sessionWith(say(SHORT))
  const { voice, model } = session.ports
  await session.passing(Array.fromAsync(model.reply(asks('Are you open?', 5), session.life.signal)))
  expect(voice.keeps?.(SHORT, { reply: 5, part: 0 })).toBe(true)
  expect(voice.keeps?.(SHORT, { reply: 5, part: 1 })).toBe(false)
})

test('the caller’s last words are given as their sound, where the session has just that', async () => {
  const session = await sessionWith(say(SHORT))
  expect(finals(await session.passing(hear(session, ['Are you open?', 'Tell me please.'])))).toEqual([
    'Are you open?',
    'Tell me please.',
  ])
  const soundOf = async (text: string, reply: number) =>
    (await session.passing(answer(session, asks(text, reply)))).tokens?.audio?.input
  // A token for each tenth of a second of speech, and of what is sent before and after it.
  expect(await soundOf('Tell me, please!', 1)).toBeGreaterThan(5)
  expect(await soundOf('Are you open? Tell me please.', 2)).toBeGreaterThan(10)
  expect(await soundOf('Something else.', 3)).toBe(0)
})

test('a session that is lost while nobody speaks is replaced, and nothing is missed', async () => {
  const session = await sessionWith(say(SHORT))
  session.standIn.faults.set([{ kind: 'drop', afterMs: 4_000 }])
  const heard = await session.passing(hear(session, ['Good morning.', 'Are you open?'], { apartMs: 6_000 }))
  expect(finals(heard)).toEqual(['Good morning.', 'Are you open?'])
  expect(session.standIn.faults.left()).toEqual([])
})

test('a service that closes every session is not asked for others without end, though nobody speaks', async () => {
  const session = await sessionWith(say(SHORT))
  session.standIn.faults.set([{ kind: 'drop', afterMs: 4_000, times: 1_000 }])
  await expect(session.passing(hear(session, ['Good morning.'], { apartMs: 60_000 }))).rejects.toMatchObject({
    retryable: true,
  })
  expect(session.standIn.faults.left()).toMatchObject([{ times: 998 }])
})

test('a session that is lost while the caller speaks fails, and may be tried again', async () => {
  const session = await sessionWith(say(SHORT))
  session.standIn.faults.set([{ kind: 'drop', afterMs: 700 }])
  await expect(session.passing(hear(session, ['One two three four five six seven eight.']))).rejects.toMatchObject({
    retryable: true,
  })
})

test('a call of more than an hour goes on in another session, and nobody notices', async () => {
  const session = await sessionWith(say(SHORT))
  const { clock, passing, life } = session
  const hearing = hear(session, ['Good morning.', 'Good day.', 'Good night.'], { apartMs: 40 * 60_000 })
  for (let tenth = 0; tenth < 12; tenth++) await passing(clock.sleep(10 * 60_000, life.signal))
  expect(finals(await passing(hearing))).toEqual(['Good morning.', 'Good day.', 'Good night.'])
  for (const reply of [1, 2, 3, 4, 5, 6, 7]) {
    await passing(clock.sleep(10 * 60_000, life.signal))
    const { words } = await passing(answer(session, asks('Still open?', reply)))
    expect(lineOf(words)).toBe(SHORT)
  }
})

test('a voice that the service does not have is refused for good, in its own words', async () => {
  const session = await openSession({ answer: () => [say(SHORT)] }, { voiceId: 'nobody' })
  open.push(session)
  const asked = Array.fromAsync(session.ports.model.reply(asks('Are you open?'), session.life.signal))
  await expect(session.passing(asked)).rejects.toMatchObject({ retryable: false, message: /invalid_value/ })
})
