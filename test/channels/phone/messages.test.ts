import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clearMessage, markMessage, mediaMessage, readMessage } from '../../../src/channels/phone/messages.ts'

const read = (message: unknown) => readMessage(Buffer.from(JSON.stringify(message)), false)
const start = {
  event: 'start',
  sequenceNumber: '1',
  streamSid: 'MZ1',
  start: {
    streamSid: 'MZ1',
    accountSid: 'AC1',
    callSid: 'CA1',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { pass: 'abc' },
  },
}
const media = {
  event: 'media',
  sequenceNumber: '2',
  streamSid: 'MZ1',
  media: { track: 'inbound', chunk: '1', timestamp: '5', payload: Buffer.alloc(160, 0xff).toString('base64') },
}

test.each([
  { event: 'connected', protocol: 'Call', version: '1.0.0' },
  start,
  media,
  { event: 'dtmf', sequenceNumber: '3', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '#' } },
  { event: 'mark', sequenceNumber: '4', streamSid: 'MZ1', mark: { name: '1.12' } },
  { event: 'stop', sequenceNumber: '5', streamSid: 'MZ1', stop: { accountSid: 'AC1', callSid: 'CA1' } },
])('$event is parsed as Twilio documents it', message => {
  expect(read(message)).toMatchObject({ kind: 'message', message: { event: message.event } })
})

test('a long call’s numbers are parsed, and what is no number is bad', () => {
  const withChunk = (chunk: unknown) => read({ ...media, media: { ...media.media, chunk } })
  for (const chunk of ['12', '180000', '999999999999999'])
    expect(withChunk(chunk)).toMatchObject({ kind: 'message', message: { media: { chunk: Number(chunk) } } })
  for (const chunk of ['', '1234567890123456', '-1', '1.5', '1e3', ' 1', '0x1', -1, 1.5, null])
    expect(withChunk(chunk).kind).toBe('bad')
})

test('the reason says what is wrong and where', () => {
  expect(readMessage(Buffer.from('{"event":'), false)).toEqual({ kind: 'bad', why: 'not JSON' })
  expect(read({ ...start, streamSid: 7 })).toEqual({
    kind: 'bad',
    why: expect.stringMatching(/^streamSid: Invalid input/),
  })
  expect(read(null)).toEqual({ kind: 'bad', why: expect.stringMatching(/^message: Invalid input/) })
})

test('numbers in strings are parsed', () => {
  expect(read(media)).toMatchObject({ kind: 'message', message: { media: { chunk: 1, timestamp: 5 } } })
})

test('a start without parameters has none', () => {
  const { customParameters: _, ...bare } = start.start
  expect(read({ ...start, start: bare })).toMatchObject({ message: { start: { customParameters: {} } } })
})

test.each([
  ['an unknown event', { event: 'video', streamSid: 'MZ1' }, 'event'],
  ['no event', {}, 'event'],
  ['null', null, 'message'],
  ['a list', [media], 'message'],
  ['a start of another codec', { ...start, start: { ...start.start, mediaFormat: { encoding: 'opus' } } }, 'encoding'],
  ['a call SID with a path traversal', { ...start, start: { ...start.start, callSid: '../../etc' } }, 'start.callSid'],
  ['a stream SID that breaks out of JSON', { ...start, streamSid: 'MZ","x":"' }, 'streamSid'],
  ['a call SID with a newline at its end', { ...start, start: { ...start.start, callSid: 'CA1\n' } }, 'start.callSid'],
  ['a parameter that is not a string', { ...start, start: { ...start.start, customParameters: { pass: 1 } } }, 'pass'],
  ['a payload that is not base64', { ...media, media: { ...media.media, payload: '*' } }, 'media.payload'],
  ['no payload', { ...media, media: { chunk: '1', timestamp: '1' } }, 'media.payload'],
  ['a negative timestamp', { ...media, media: { ...media.media, timestamp: '-1' } }, 'media.timestamp'],
  ['a timestamp that is not a number', { ...media, media: { ...media.media, timestamp: 'now' } }, 'media.timestamp'],
  ['no timestamp at all', { ...media, media: { ...media.media, timestamp: null } }, 'media.timestamp'],
  ['an empty timestamp', { ...media, media: { ...media.media, timestamp: '' } }, 'media.timestamp'],
  ['an infinite timestamp', { ...media, media: { ...media.media, timestamp: '1e400' } }, 'media.timestamp'],
  ['two digits in one', { event: 'dtmf', streamSid: 'MZ1', dtmf: { digit: '12' } }, 'dtmf.digit'],
  ['a digit that no phone has', { event: 'dtmf', streamSid: 'MZ1', dtmf: { digit: 'x' } }, 'dtmf.digit'],
  ['a mark name that is too long', { event: 'mark', streamSid: 'MZ1', mark: { name: 'm'.repeat(257) } }, 'mark.name'],
])('%s is bad, and the reason names the field', (_, message, place) => {
  const received = read(message)
  expect(received.kind).toBe('bad')
  expect(received).toMatchObject({ why: expect.stringContaining(place) })
})

test('a binary message is bad', () => {
  expect(readMessage(Buffer.from(JSON.stringify(media)), true)).toEqual({ kind: 'bad', why: 'binary message' })
})

test('a message over 64 KiB is bad, one of 64 KiB is read', () => {
  const padded = (bytes: number): Buffer => Buffer.from(JSON.stringify({ event: 'connected', pad: '' }).padEnd(bytes))
  expect(readMessage(padded(65_536), false).kind).toBe('message')
  expect(readMessage(padded(65_537), false)).toEqual({ kind: 'bad', why: 'message over 64 KiB' })
})

test('the reason stays short even if the invalid message is long', () => {
  const customParameters = { ['k'.repeat(50_000)]: 1 }
  const received = read({ ...start, start: { ...start.start, customParameters } })
  expect(received.kind === 'bad' && received.why.length).toBeLessThan(300)
})

test('arbitrary bytes never make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isBinary) => {
      expect(readMessage(Buffer.from(bytes), isBinary).kind).toBe('bad')
    }),
  )
})

test('arbitrary JSON never makes it throw', () => {
  const events = fc.constantFrom('connected', 'start', 'media', 'dtmf', 'mark', 'stop')
  const part = fc.object({ maxDepth: 2 })
  const message = fc.oneof(
    fc.jsonValue(),
    fc.record({ event: events, streamSid: fc.anything(), start: part, media: part, dtmf: part, mark: part }),
  )
  fc.assert(
    fc.property(message, some => {
      const text = JSON.stringify(some, (_, value) => (typeof value === 'bigint' ? `${value}` : value)) ?? ''
      expect(['message', 'bad']).toContain(readMessage(Buffer.from(text), false).kind)
    }),
  )
})

test('outgoing messages have the documented format', () => {
  const bytes = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)
  expect(JSON.parse(mediaMessage('MZ1', bytes))).toEqual({
    event: 'media',
    streamSid: 'MZ1',
    media: { payload: Buffer.from([1, 2, 3]).toString('base64') },
  })
  expect(JSON.parse(markMessage('MZ1', '1.12'))).toEqual({ event: 'mark', streamSid: 'MZ1', mark: { name: '1.12' } })
  expect(JSON.parse(clearMessage('MZ1'))).toEqual({ event: 'clear', streamSid: 'MZ1' })
})
