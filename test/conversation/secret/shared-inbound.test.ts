import { expect, test } from 'vitest'
import { phoneLine } from '../../../src/channels/phone/channel.ts'
import type { StreamMessage } from '../../../src/channels/phone/messages.ts'
import type { Channel, Inbound } from '../../../src/conversation/ports.ts'
import { afterSecret, sharedInbound } from '../../../src/conversation/secret/shared-inbound.ts'
import { FakeClock } from '../../fakes/clock.ts'

const payload = Buffer.alloc(160, 0xff).toString('base64')
const media = (timestamp: number): StreamMessage => ({
  event: 'media',
  streamSid: 'MZ1',
  media: { track: 'inbound', chunk: 1, timestamp, payload },
})
const key = (digit: string): StreamMessage => ({ event: 'dtmf', streamSid: 'MZ1', dtmf: { digit } })
const stop: StreamMessage = { event: 'stop', streamSid: 'MZ1' }

function open() {
  const clock = new FakeClock()
  const lifetime = new AbortController()
  const phone = phoneLine({
    streamSid: 'MZ1',
    clock,
    recorder: {
      caller: () => undefined,
      agent: () => undefined,
      moveAgent: () => undefined,
      cutAgent: () => undefined,
    },
    note: () => undefined,
    send: () => undefined,
    giveUp: async () => undefined,
  })
  const line = sharedInbound(phone, lifetime.signal)
  return { clock, lifetime, phone, line, settled: () => clock.advance(0) }
}

/** Reads until it is aborted. */
function reader(line: Channel) {
  const came: string[] = []
  const left = new AbortController()
  async function read(): Promise<void> {
    for await (const inbound of line.inbound(left.signal)) came.push(told(inbound))
  }
  const reading = read()
  return {
    came,
    reading,
    leave: async (): Promise<void> => {
      left.abort(new Error('it is the next one’s turn'))
      await reading
    },
  }
}

function told(inbound: Inbound): string {
  switch (inbound.kind) {
    case 'audio':
      return 'sound'
    case 'digit':
      return inbound.digit
    case 'typed':
      return inbound.text
    case 'joined':
    case 'beside':
    case 'relayed':
    case 'budget':
    case 'gone':
    case 'lost':
      return inbound.kind
  }
}

test('the second reader gets what comes after the first has stopped', async () => {
  const { phone, line, settled } = open()
  const first = reader(line)
  phone.receive(media(0))
  phone.receive(key('1'))
  await settled()
  await first.leave()
  phone.receive(key('2'))
  phone.receive(media(20))
  await settled()
  const second = reader(line)
  phone.receive(key('3'))
  phone.receive(stop)
  await second.reading
  expect([first.came, second.came]).toEqual([
    ['sound', '1'],
    ['2', 'sound', '3', 'gone'],
  ])
})

test('nothing is lost when a reader stops at the moment in which something comes', async () => {
  const { phone, line, settled } = open()
  const first = reader(line)
  await settled()
  phone.receive(key('1'))
  await first.leave()
  phone.receive(key('2'))
  const second = reader(line)
  await settled()
  await second.leave()
  expect([...first.came, ...second.came]).toEqual(['1', '2'])
})

test('the second reader is told that the caller hung up before it began', async () => {
  const { phone, line, settled } = open()
  const first = reader(line)
  await settled()
  await first.leave()
  phone.receive(stop)
  const second = reader(line)
  await second.reading
  expect(second.came).toEqual(['gone'])
})

test('a stream that falls silent is lost also between two readers, and the channel ends with its signal', async () => {
  const { phone, line, clock, lifetime, settled } = open()
  const first = reader(line)
  await clock.advance(3_000)
  phone.receive(media(0))
  await first.leave()
  const second = reader(line)
  await clock.advance(4_999)
  expect(second.came).toEqual(['sound'])
  await clock.advance(1)
  await second.reading
  expect(second.came).toEqual(['sound', 'lost'])
  lifetime.abort()
  await settled()
  expect(clock.pending).toBe(0)
})

test('after a secret neither its sound nor late keys are passed on', async () => {
  const { phone, line, clock, settled } = open()
  const first = reader(line)
  phone.receive(media(0))
  await clock.advance(20)
  await first.leave()
  const second = reader(afterSecret(line, clock, clock.now() + 20))
  for (const timestamp of [20, 40, 60]) {
    phone.receive(media(timestamp))
    await clock.advance(20)
  }
  // The whole secret once more, slowly: each key belongs to those before it.
  for (const [index, digit] of ['#', '4', '2', '7', '1', '#', 'none', '7'].entries()) {
    if (digit !== 'none') phone.receive(key(digit))
    await clock.advance(1_500)
    phone.receive(media(1_500 * (index + 1)))
  }
  await settled()
  expect(second.came.filter(came => came !== 'sound')).toEqual(['7'])
  await second.leave()
})

test('a caller who keeps pressing keys is heard after fifteen seconds', async () => {
  const { phone, line, clock, settled } = open()
  const second = reader(afterSecret(line, clock, clock.now()))
  for (let second = 0; second < 16; second++) {
    phone.receive(media(second * 1_000))
    phone.receive(key('0'))
    await clock.advance(1_000)
  }
  await settled()
  expect(second.came.filter(came => came === '0')).toEqual(['0'])
  await second.leave()
})

test('a "#" long after a secret is passed on', async () => {
  const { phone, line, clock, settled } = open()
  const second = reader(afterSecret(line, clock, clock.now()))
  await clock.advance(3_000)
  phone.receive(key('#'))
  await settled()
  expect(second.came).toEqual(['#'])
  await second.leave()
})
