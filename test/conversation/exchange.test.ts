import { expect, test } from 'vitest'
import { taskManager } from '../../src/agents/built-in.ts'
import { agentFor } from '../../src/conversation/agent.ts'
import { onTheLine, POLICY } from '../fakes/call.ts'
import { spokenMs } from '../fakes/text-to-speech.ts'

test('the caller hears the greeting first, and then the agent listens', () =>
  onTheLine({}, async call => {
    await call.pass(call.voice.firstAudioMs)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { sounding: true } })
    await call.pass(spokenMs('Hello, this is Paula.'))
    expect(call.heard()).toEqual(['Hello, this is Paula.'])
    expect(call.turn().kind).toBe('listening')
    expect(call.model.asked).toHaveLength(0)
  }))

test.each([
  ['rings', taskManager, 'Task Manager, how can I help you today?'],
  [
    'hides their number',
    agentFor(taskManager, 'hidden-number'),
    'Task Manager. Your number is hidden, so I can keep your tasks for this call only. How can I help you?',
  ],
  ['comes by browser', agentFor(taskManager, 'browser'), "Hi, I'm your Task Manager assistant. How can I help?"],
])('a caller who %s is greeted by the Task Manager', (_, agent, greeting) =>
  onTheLine({ agent }, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual([greeting])
  }),
)

test('a caller who asks is answered, and the history has both in order', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['You have two tasks.'])
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard()).toEqual(['Hello, this is Paula.', 'You have two tasks.'])
    expect(call.told()).toEqual([
      'agent: Hello, this is Paula.',
      'caller: what is on my list',
      'agent: You have two tasks.',
    ])
    expect(call.model.asked[0]).toMatchObject({
      instructions: 'Be brief.',
      history: [
        { role: 'agent', text: 'Hello, this is Paula.' },
        { role: 'caller', text: 'what is on my list' },
      ],
    })
  }))

test('after two exchanges the model is told the whole history', () =>
  onTheLine({}, async call => {
    await call.greeted()
    for (const question of ['what is first', 'what is second']) {
      await call.callerSays(question)
      await call.until('replying')
      await call.until('listening')
    }
    expect(call.model.asked[1]?.history.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent', 'caller'])
  }))

test('the voice has the first clause before the model has finished, and the caller hears it', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Certainly. ', { afterMs: 2_000 }, 'The rest ', 'comes later.'])
    await call.callerSays('tell me everything')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + spokenMs('Certainly. ') + 20)
    expect(call.model.thinking).toBe(1)
    expect(call.voice.pieces.at(-1)?.text).toBe('Certainly. ')
    expect(call.turn()).toMatchObject({ reply: { sounding: true } })
    expect(call.told().at(-1)).toBe('agent: Certainly.')
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: Certainly. The rest comes later.')
    expect(call.voice.speaking).toBe(0)
  }))

test('the next speech waits until the line has fallen silent', () =>
  onTheLine({}, async call => {
    call.channel.fallSilentMs = 400
    await call.greeted()
    call.model.scripts.push(['This is a long answer that nobody wants to hear.'], ['Fine.'])
    await call.callerSays('what is new')
    await call.until('replying')
    await call.pass(1_000)
    await call.callerSays('stop that')
    await call.until('replying')
    await call.until('listening')
    const [, cut, next] = call.channel.played
    expect(cut?.aborted).toBe(true)
    expect(next?.fromMs).toBeGreaterThanOrEqual(cut?.toMs ?? Number.POSITIVE_INFINITY)
    expect(call.model.asked[1]?.history.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent', 'caller'])
  }))

test('speech-to-text and detector get the same sound, and the end of speech asks for the final words', () =>
  onTheLine({}, async call => {
    await call.greeted()
    const frame = { pcm: new Int16Array(160), rateHz: 8_000, atMs: call.clock.now() }
    for (let count = 0; count < 3; count++) call.channel.person.push({ kind: 'audio', frame })
    await call.callerCoughs()
    expect(call.speechToText.frames).toBe(3)
    expect(call.voiceActivity.frames).toBe(3)
    expect(call.speechToText.flushes).toBe(1)
  }))

test('the journal has what a reply used', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Yes, you may.'])
    await call.callerSays('may we begin')
    await call.until('replying')
    await call.until('listening')
    const used = call.journal.lines.flatMap(line => ('used' in line ? [line.used] : []))
    expect(used).toEqual([
      { kind: 'tts-characters', reply: 3, characters: 'Hello, this is Paula.'.length },
      { kind: 'tokens', reply: expect.any(Number), input: 100, output: 10, cached: 0 },
      { kind: 'tts-characters', reply: expect.any(Number), characters: 'Yes, you may.'.length },
    ])
  }))

test('the wait for final words starts once, however the likelihood of the interim ones changes', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('we would like to come on Friday')
    await call.speechEnd()
    await call.pass(POLICY.patience.shortMs)
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why: 'final' } })
    for (let ms = 0; ms < 700; ms += 100) {
      call.speechToText.words.push({
        text: 'we would like to come on Friday',
        final: false,
        ended: false,
        endOfTurn: ms / 1_000,
      })
      await call.pass(100)
    }
    expect(call.turn().kind).toBe('replying')
  }))

test('quick patience does not wait for the final words, and what they add is still heard', () =>
  onTheLine({ policy: { patience: { ...POLICY.patience, finalMs: 0 } } }, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('a table on Friday')
    await call.speechEnd()
    // The detector reports the end 200 ms late.
    await call.pass(POLICY.patience.shortMs - 200)
    expect(call.turn().kind).toBe('replying')
    await call.words('a table on Friday at nine', { final: true, ended: true })
    await call.until('replying')
    await call.until('listening')
    expect(call.told().filter(line => line.startsWith('caller'))).toEqual(['caller: a table on Friday at nine'])
  }))
