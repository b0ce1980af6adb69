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

test('a quick tool gets no filler', () =>
  onTheLine({}, async call => {
    await ask(call, 250)
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Eggs.'])
  }))

test('a slow tool gets a filler after 300 ms, and the answer waits for its end', () =>
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

test('a tool that goes on gets all fillers, none of them twice', () =>
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

test('a caller who talks over a filler is heard, and no more fillers come', () =>
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

test('a slow model gets the thinking filler, and the answer follows', () =>
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

test('after a slow model a tool’s filler comes sooner, but a quick tool gets none', () =>
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

test('a model that is slow after a quick tool gets a filler too', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.tools.add('list', false, runsFor(call, 50))
    call.model.scripts.push([{ tool: toolCall('list') }], [{ afterMs: 2_500 }, 'Eggs.'])
    await call.callerSays('what is next')
    await call.until('listening')
    expect(call.heard().slice(1)).toEqual(['Hm.', 'Eggs.'])
  }))
