import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

const runsFor =
  (call: TestCall, ms: number) =>
  async (_: unknown, signal: AbortSignal): Promise<string> => {
    await call.clock.sleep(ms, signal)
    return 'eggs'
  }

async function ask(call: TestCall, toolMs: number): Promise<void> {
  await call.greeted()
  call.tools.add('list', false, runsFor(call, toolMs))
  call.model.scripts.push([{ tool: toolCall('list') }], ['Eggs.'])
  await call.callerSays('what is next')
  await call.until('replying')
}

test('a tool that is quick is not spoken for', () =>
  onTheLine({}, async call => {
    await ask(call, 250)
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Eggs.'])
  }))

test('a tool that takes longer is spoken for after 300 ms, and the answer waits for the end of the word', () =>
  onTheLine({}, async call => {
    await ask(call, 400)
    const fromMs = call.clock.now()
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['One moment.', 'Eggs.'])
    expect((call.channel.played[1]?.fromMs ?? 0) - fromMs).toBeLessThan(300 + call.voice.firstAudioMs + 20)
    expect(call.channel.played[1]?.aborted).toBe(false)
    expect(call.told().slice(1)).toEqual([
      'caller: what is next',
      'tool list: eggs',
      'agent: One moment.',
      'agent: Eggs.',
    ])
  }))

test('a tool that goes on and on is spoken for again and again, never twice in the same words', () =>
  onTheLine({}, async call => {
    await ask(call, 7_500)
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['One moment.', 'Still on it.', 'Soon.', 'Eggs.'])
  }))

test('no filler is said over the caller', () =>
  onTheLine({}, async call => {
    await ask(call, 1_500)
    await call.pass(200)
    await call.speechStart()
    await call.pass(300)
    await call.speechEnd()
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Eggs.'])
  }))

test('a caller who talks over a filler is heard, and no more of them come', () =>
  onTheLine({}, async call => {
    await ask(call, 6_000)
    await call.pass(500)
    await call.callerSays('never mind that')
    await call.until('replying')
    await call.until('listening')
    expect(call.heard().slice(2)).toEqual(['Eggs.'])
    expect(call.told().slice(-2)).toEqual(['caller: never mind that', 'agent: Eggs.'])
    expect(call.tools.running).toBe(0)
  }))

test('a model that is slow makes the agent say that it thinks, and the answer follows', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push([{ afterMs: 2_000 }, 'Eggs.'])
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Hm.', 'Eggs.'])
    expect(call.told().slice(1)).toEqual(['caller: what is next', 'agent: Hm.', 'agent: Eggs.'])
  }))

test('a filler does not put off the apology that is due after four seconds without an answer', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['stall'])
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Hm.', 'Sorry, that went wrong.'])
  }))

test('where the model took its time to call the tool, the filler comes the sooner, but never for a quick tool', () =>
  onTheLine({}, async call => {
    await call.greeted()
    for (const [toolMs, heard] of [
      [400, ['One moment.', 'Eggs.']],
      [90, ['Eggs.']],
    ] as const) {
      call.tools.add('list', false, runsFor(call, toolMs))
      call.model.scripts.push([{ afterMs: 250 }, { tool: toolCall('list') }], ['Eggs.'])
      const before = call.heard().length
      await call.callerSays('what is next')
      await call.until('replying')
      const fromMs = call.clock.now()
      await call.until('listening')
      expect(call.heard().slice(before)).toEqual(heard)
      if (toolMs === 400) {
        expect((call.channel.played[before]?.fromMs ?? 0) - fromMs).toBeLessThan(370 + call.voice.firstAudioMs)
      }
    }
  }))

test('a model that is slow after a quick tool is spoken for too', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.tools.add('list', false, runsFor(call, 50))
    call.model.scripts.push([{ tool: toolCall('list') }], [{ afterMs: 2_500 }, 'Eggs.'])
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Hm.', 'Eggs.'])
  }))
