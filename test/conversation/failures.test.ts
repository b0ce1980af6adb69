import { expect, test } from 'vitest'
import { ProviderError } from '../../src/errors.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'

const broken = (): Error => new ProviderError('model', 'overloaded', { retryable: true })
const mute = (): Error => new ProviderError('voice', 'no sound', { retryable: false })

async function ask(call: TestCall): Promise<void> {
  await call.callerSays('what is next')
  await call.until('replying')
}

test('when the model fails the caller hears one apology, and the call goes on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([broken()], ['Lunch.'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
    await ask(call)
    await call.until('listening')
    expect(call.told().slice(1)).toEqual([
      'caller: what is next',
      'agent: Sorry, that went wrong.',
      'caller: what is next',
      'agent: Lunch.',
    ])
    expect(call.events()).toContainEqual(expect.objectContaining({ kind: 'reply-failed', provider: 'model' }))
  }))

test('two failed replies in a row end the call with a reason, if it cannot be transferred', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([broken()], [broken()])
    await ask(call)
    await call.until('listening')
    await ask(call)
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I must give up.')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('two failed replies in a row transfer the call, if it can be transferred', () =>
  onTheLine({ policy: { canTransfer: true } }, async call => {
    await call.greeted()
    call.model.scripts.push([broken()], [broken()])
    await ask(call)
    await call.until('listening')
    await ask(call)
    await call.until('ended')
    expect(call.channel.closed).toEqual(['transfer'])
  }))

test('after a reply that works the count of failures starts again', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([broken()], ['Lunch.'], [broken()])
    for (let count = 0; count < 3; count++) {
      await ask(call)
      await call.until('listening')
    }
    expect(call.heard().filter(heard => heard === 'Sorry, that went wrong.')).toHaveLength(2)
  }))

test('after an apology that the caller talks over the count of failures goes on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([broken()], [broken()])
    await ask(call)
    await call.pass(call.voice.firstAudioMs + 300)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { content: { phrase: 'apology' }, sounding: true } })
    await call.callerSays('say that again')
    await call.until('replying')
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('I must give up.')
  }))

test('when the model fails in the middle of a reply the history has what was heard, then the apology', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['There are three things. ', { afterMs: 1_000 }, broken()])
    await ask(call)
    await call.until('listening')
    expect(call.told().slice(2)).toEqual(['agent: There are —', 'agent: Sorry, that went wrong.'])
  }))

test('an empty answer of the model is a failure', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([' '])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
  }))

test('after four seconds of silence comes the apology, and the slow reply is dropped', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['stall'])
    await ask(call)
    const fromMs = call.model.askedMs[0] ?? 0
    await call.pass(5_000)
    await call.until('listening')
    expect(call.channel.played.at(-1)).toMatchObject({
      heard: 'Sorry, that went wrong.',
      fromMs: fromMs + 4_000 + call.voice.firstAudioMs,
    })
    expect(call.model.thinking).toBe(0)
  }))

test('a reply that is being heard is not dead air', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['One moment. ', { afterMs: 6_000 }, 'Here it is.'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('One moment. Here it is.')
  }))

test('a voice that fails in an answer stops the model, and the apology is said', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.voice.failures.push(mute())
    call.model.scripts.push(['All is well. ', 'stall'])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
    expect(call.model.aborted).toBe(1)
    expect(call.events()).toContainEqual(expect.objectContaining({ kind: 'reply-failed', provider: 'voice' }))
  }))

test('when the voice fails in a phrase the carrier takes over', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.voice.failures.push(mute(), mute())
    await call.callerSays('what is next')
    await call.until('ended')
    expect(call.channel.closed).toEqual(['unavailable'])
  }))

test('when the voice fails in the greeting the carrier takes over', () =>
  onTheLine({ voiceFailures: [mute()] }, async call => {
    await call.until('ended')
    expect(call.channel.closed).toEqual(['unavailable'])
  }))

test('a line that breaks ends the call without a crash', () =>
  onTheLine({}, async call => {
    call.channel.person.fail(new Error('the socket broke'))
    await call.pass(0)
    expect(call.turn()).toMatchObject({
      kind: 'ended',
      next: 'goodbye',
      why: expect.stringContaining('the socket broke'),
    })
  }))

test('a voice activity detector that breaks ends the call', () =>
  onTheLine({}, async call => {
    call.voiceActivity.events.fail(new Error('no model file'))
    await call.pass(0)
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'goodbye' })
  }))

test('when the voice makes no sound the caller hears an apology', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.voice.mute.add('Here it is.')
    call.model.scripts.push(['Here it is.'])
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: Sorry, that went wrong.')
  }))
