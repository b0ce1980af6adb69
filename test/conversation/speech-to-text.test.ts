import { expect, test } from 'vitest'
import { ProviderError } from '../../src/errors.ts'
import { onTheLine } from '../fakes/call.ts'

const lost = (): Error => new ProviderError('speech-to-text', 'connection lost', { retryable: true })
const refused = (): Error => new ProviderError('speech-to-text', 'wrong key', { retryable: false })

test('a session that fails in silence is opened again without a word', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.words.fail(lost())
    await call.pass(500)
    expect(call.speechToText.sessions).toBe(2)
    expect(call.turn().kind).toBe('listening')
    await call.callerSays('do you hear me')
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: do you hear me')
    expect(call.heard()).toHaveLength(1)
  }))

test('a session that ends by itself is opened again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.words.end()
    await call.pass(500)
    expect(call.speechToText.sessions).toBe(2)
  }))

test('a new session gets the sound from then on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.words.fail(lost())
    await call.pass(500)
    const frame = { pcm: new Int16Array(160), rateHz: 8_000, atMs: call.clock.now() }
    call.channel.person.push({ kind: 'audio', frame })
    await call.pass(0)
    expect(call.speechToText.frames).toBe(1)
    expect(call.speechToText.reading).toBe(1)
  }))

test('a session that fails while the agent speaks does not stop it', () =>
  onTheLine({}, async call => {
    await call.pass(500)
    call.speechToText.words.fail(lost())
    await call.until('listening')
    expect(call.channel.played).toMatchObject([{ heard: 'Hello, this is Paula.', aborted: false }])
  }))

test('when a session fails while the caller speaks the agent asks again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('I would like')
    call.speechToText.words.fail(lost())
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Pardon?')
    expect(call.speechToText.sessions).toBe(2)
  }))

test('words from before a session failed in the pause are answered', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    call.speechToText.words.fail(lost())
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: what is next')
  }))

test('after three failed sessions without a word the call is given up', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.refusals.push(lost(), lost())
    call.speechToText.words.fail(lost())
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I must give up.')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('failed sessions with words between them do not end the call', () =>
  onTheLine({}, async call => {
    await call.greeted()
    for (let count = 0; count < 5; count++) {
      call.speechToText.words.fail(lost())
      await call.pass(500)
      await call.words('um')
    }
    expect(call.speechToText.sessions).toBe(6)
    expect(call.turn().kind).toBe('settling')
  }))

test('an error that is not retryable ends the call at once', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.words.fail(refused())
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I must give up.')
  }))

test('sessions that are refused again and again do not stop the agent from saying that it gives up', () =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    call.speechToText.refusals.push(...Array.from({ length: 50 }, refused))
    call.speechToText.words.fail(refused())
    await call.pass(5_000)
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'transfer' })
    expect(call.heard().at(-1)).toBe('I put you through.')
    expect(call.speechToText.sessions).toBeLessThan(4)
  }))

test('sessions that fail again and again are opened after longer and longer pauses', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.speechToText.refusals.push(lost())
    call.speechToText.words.fail(lost())
    await call.pass(499)
    expect(call.speechToText.sessions).toBe(1)
    await call.pass(1)
    expect(call.speechToText.sessions).toBe(2)
    await call.pass(999)
    expect(call.speechToText.sessions).toBe(2)
    await call.pass(1)
    expect(call.speechToText.sessions).toBe(3)
  }))
