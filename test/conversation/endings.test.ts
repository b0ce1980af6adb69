import { expect, test } from 'vitest'
import { onTheLine, POLICY, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

const SHORT = { limitMs: 60_000, limitNoticeMs: 20_000, idleMs: 100_000 }

test('the caller is told two minutes before the longest time of a call, and then it ends', () =>
  onTheLine({ policy: { idleMs: 1e9 } }, async call => {
    await call.pass(POLICY.limitMs - POLICY.limitNoticeMs - 10)
    expect(call.heard()).toHaveLength(1)
    await call.pass(5_000)
    expect(call.heard().at(-1)).toBe('Two minutes are left.')
    expect(call.turn().kind).toBe('listening')
    await call.pass(POLICY.limitNoticeMs - 5_000 + 10)
    expect(call.turn().kind).toBe('replying')
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('Our time is up.')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('the warning waits until the current speaker has finished', () =>
  onTheLine({ policy: SHORT }, async call => {
    await call.greeted()
    await call.pass(38_000 - call.nowMs())
    call.model.scripts.push(['Here is an answer that lasts well beyond the moment of the warning.'])
    await call.callerSays('one more thing')
    await call.until('replying')
    await call.until('listening')
    const [, answer, warning] = call.channel.played
    expect(answer).toMatchObject({ left: '', aborted: false })
    expect(warning?.heard).toBe('Two minutes are left.')
  }))

test('the longest time ends the call also while the agent speaks', () =>
  onTheLine({ policy: { ...SHORT, limitNoticeMs: 2_000 } }, async call => {
    await call.pass(57_000)
    call.model.scripts.push(['A very long answer that goes on and on and on and on and on and on.'])
    await call.callerSays('tell me')
    await call.until('ended')
    expect(call.heard().at(-1)).toBe('Our time is up.')
    expect(call.nowMs()).toBeLessThan(62_000)
  }))

test('a caller who talks over "our time is up" does not prolong the call', () =>
  onTheLine({ policy: SHORT }, async call => {
    await call.pass(60_000)
    await call.pass(call.voice.firstAudioMs + 100)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { content: { phrase: 'time-up' } } })
    await call.callerSays('no wait I have more', { lengthMs: 900 })
    await call.keys('1')
    await call.pass(5_000)
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('when the server stops, the call ends with a goodbye by the carrier', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.server.abort(new Error('draining'))
    await call.pass(0)
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'goodbye', why: expect.stringContaining('draining') })
    expect(call.channel.closed).toEqual(['goodbye'])
  }))

test('when the caller hangs up while the agent speaks, the history has what was heard', () =>
  onTheLine({}, async call => {
    await call.pass(1_100)
    await call.hangsUp()
    await call.pass(0)
    expect(call.told()).toEqual(['agent: Hello, this is —'])
  }))

const REACHED: Readonly<Record<string, (call: TestCall) => Promise<void>>> = {
  greeting: call => call.pass(50),
  listening: call => call.greeted(),
  hearing: async call => {
    await call.greeted()
    await call.speechStart()
  },
  settling: async call => {
    await call.greeted()
    await call.callerSays('and then')
  },
  thinking: async call => {
    await call.greeted()
    call.model.scripts.push(['stall'])
    await call.callerSays('what is next')
    await call.until('replying')
  },
  speaking: call => call.pass(700),
  yielding: async call => {
    await call.pass(700)
    await call.speechStart()
  },
  'running a tool': async call => {
    await call.greeted()
    call.tools.add('list', false, async (_, signal) => {
      await call.clock.sleep(1e9, signal)
      return ''
    })
    call.model.scripts.push(['Let me see. ', { tool: toolCall('list') }])
    await call.callerSays('what is next')
    await call.until('replying')
    await call.pass(300)
    expect(call.tools.running).toBe(1)
  },
  'falling silent': async call => {
    call.channel.fallSilentMs = 500
    await call.pass(700)
    await call.keys('1#')
    expect(call.turn().kind).toBe('replying')
    expect(call.model.asked).toEqual([])
  },
}

test.each(Object.keys(REACHED))('a caller who hangs up while the call is %s leaves nothing behind', name =>
  onTheLine({}, async call => {
    await REACHED[name]?.(call)
    await call.hangsUp()
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'hang-up', why: 'hung up' })
    await call.pass(500)
    expect(call.ended.state).toBeDefined()
    expect(call.channel.closed).toEqual(['hang-up'])
  }),
)

test.each(Object.keys(REACHED))('a server that stops while the call is %s leaves nothing behind', name =>
  onTheLine({}, async call => {
    await REACHED[name]?.(call)
    call.server.abort(new Error('draining'))
    await call.pass(500)
    expect(call.ended.state?.turn).toMatchObject({ kind: 'ended', next: 'goodbye' })
  }),
)

test('a reply that is aborted while the line falls silent never asks the model', () =>
  onTheLine({}, async call => {
    await REACHED['falling silent']?.(call)
    await call.speechStart()
    await call.pass(1_000)
    expect(call.turn().kind).toBe('hearing')
    expect(call.model.asked).toEqual([])
  }))

test('a call that begins while the server stops ends at once', () =>
  onTheLine({ stopped: true }, async call => {
    expect(call.turn()).toMatchObject({ kind: 'ended', next: 'goodbye' })
    expect(call.heard()).toEqual([])
  }))

test('events after the end change nothing', () =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.hangsUp()
    const { turn } = call.ended.state ?? {}
    await call.callerSays('hello')
    await call.keys('0')
    expect(call.turn()).toEqual(turn)
    expect(call.channel.closed).toHaveLength(1)
  }))

test('"thank you, that is all" is answered, and then the agent hangs up', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Goodbye then.'])
    await call.callerSays("thanks that's all")
    await call.until('ended')
    expect(call.told().slice(1)).toEqual(["caller: thanks that's all", 'agent: Goodbye then.'])
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('who says that this is all, and is asked something, is not hung up on', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Gladly. Which number shall we call?'], ['Thank you. Goodbye!'])
    await call.callerSays("no that's all")
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Gladly. Which number shall we call?')
    await call.callerSays('seven, goodbye')
    await call.until('ended')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('who says goodbye is hung up on, whatever the agent asks', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Gladly. Anything else?'])
    await call.callerSays("that's all, thank you, goodbye")
    await call.until('ended')
    expect(call.channel.closed).toEqual(['hang-up'])
  }))

test('a question before a change is not hung up on either', () =>
  onTheLine({}, async call => {
    call.tools.add('order', true, async (_call, _signal, { agreed }) =>
      agreed ? 'Ordered.' : { kind: 'ask', question: 'Order two pizzas?' },
    )
    await call.greeted()
    call.model.scripts.push([{ tool: toolCall('order') }], ['It is on its way.'])
    await call.callerSays("two pizzas and that's all")
    await call.until('listening')
    await call.callerSays('yes')
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: It is on its way.')
  }))

test('a caller who speaks again over the goodbye keeps the call', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Goodbye then, and thank you for your call.'])
    await call.callerSays('thank you goodbye')
    await call.until('replying')
    await call.pass(600)
    await call.callerSays('oh one more thing')
    await call.until('listening')
    expect(call.told().at(-1)).toBe('agent: Okay.')
    expect(call.channel.closed).toEqual([])
  }))

test('after a broken line the carrier says that the service is unavailable', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.channel.person.push({ kind: 'lost', why: 'no media' })
    await call.pass(100)
    expect(call.channel.closed).toEqual(['unavailable'])
  }))

test.each(['is there nothing else', 'do you have nothing else for today'])('"%s" does not take leave', text =>
  onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays(text)
    await call.until('replying')
    expect(call.turn()).toMatchObject({ reply: { afterwards: 'listen' } })
  }),
)
