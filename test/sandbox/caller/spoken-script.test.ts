import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeWav } from '../../../src/audio/wav.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { scriptOfTexts, scriptOfWavs } from '../../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { voicedRange } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { joined, mulaw, silence, tone } from './sounds.ts'

async function stored(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'spoken-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content)
  return dir
}

/** A second of silence, 600 ms of voice and a second of silence, at 16 kHz in stereo. */
function wideWav(): Uint8Array {
  const narrow = joined(silence(1000), tone(600, 200), silence(1000))
  const pcm = Int16Array.from({ length: narrow.length * 4 }, (_, i) => narrow[i >> 2] ?? 0)
  return encodeWav({ pcm, rateHz: 16_000, channels: 2 })
}

test('a recording of any rate becomes an utterance: trimmed, mono, at 8 kHz, with its words spread over the voice', async () => {
  const dir = await stored({ 'hi.wav': wideWav(), 'hi.txt': 'Hello there, friend.\n' })
  const script = await scriptOfWavs([join(dir, 'hi.wav')], seeded(1))
  const [utterance] = script.utterances
  expect(utterance).toMatchObject({
    kind: 'speech',
    say: 'Hello there, friend.',
    cue: { after: 'agent-stopped', ms: 600 },
  })
  const pcm = utterance?.kind === 'speech' ? utterance.pcm : new Int16Array()
  const words = utterance?.kind === 'speech' ? utterance.words : []
  expect(Math.abs(pcm.length / 8 - 720)).toBeLessThan(20)
  expect(words.map(({ text }) => text)).toEqual(['Hello', 'there,', 'friend.'])
  const { startMs, endMs } = voicedRange(mulaw(pcm))
  expect(Math.abs((words[0]?.startMs ?? 0) - startMs)).toBeLessThan(10)
  expect(Math.abs((words[2]?.endMs ?? 0) - endMs)).toBeLessThan(10)
})

/** The same sound as `wideWav`, at 44.1 kHz, with samples written by `put`, and a chunk of an odd length before them. */
function wavOf(codec: number, bits: number, put: (to: Buffer, sample: number, at: number) => void): Uint8Array {
  const narrow = joined(silence(1000), tone(600, 200), silence(1000))
  const samples = Math.floor((narrow.length / 8_000) * 44_100)
  const bytes = bits / 8
  const data = Buffer.alloc(samples * bytes)
  for (let i = 0; i < samples; i++) put(data, (narrow[Math.floor((i * 8_000) / 44_100)] ?? 0) / 32_768, i * bytes)
  const format = Buffer.alloc(24)
  format.write('fmt ')
  format.writeUInt32LE(16, 4)
  format.writeUInt16LE(codec, 8)
  format.writeUInt16LE(1, 10)
  format.writeUInt32LE(44_100, 12)
  format.writeUInt32LE(44_100 * bytes, 16)
  format.writeUInt16LE(bytes, 20)
  format.writeUInt16LE(bits, 22)
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(name)
    head.writeUInt32LE(body.length, 4)
    return Buffer.concat([head, body])
  }
  const all = Buffer.concat([Buffer.from('WAVE'), format, chunk('LIST', Buffer.from('INFO')), chunk('data', data)])
  return chunk('RIFF', all)
}

test.each([
  ['8-bit', wavOf(1, 8, (to, sample, at) => to.writeUInt8(Math.round(sample * 127) + 128, at))],
  ['24-bit', wavOf(1, 24, (to, sample, at) => to.writeIntLE(Math.round(sample * 8_388_607), at, 3))],
  ['32-bit', wavOf(1, 32, (to, sample, at) => to.writeInt32LE(Math.round(sample * 2_147_483_647), at))],
  ['floating-point', wavOf(3, 32, (to, sample, at) => to.writeFloatLE(sample, at))],
])('a recording of %s samples at 44.1 kHz is an utterance as well', async (_, wav) => {
  const dir = await stored({ 'hi.wav': wav, 'hi.txt': 'Hello there.' })
  const [utterance] = (await scriptOfWavs([join(dir, 'hi.wav')], seeded(1))).utterances
  const pcm = utterance?.kind === 'speech' ? utterance.pcm : new Int16Array()
  expect(Math.abs(pcm.length / 8 - 720)).toBeLessThan(20)
})

test('a recording with an empty text is a noise without words', async () => {
  const dir = await stored({ 'cough.wav': wideWav(), 'cough.txt': '\n' })
  const { utterances } = await scriptOfWavs([join(dir, 'cough.wav')], seeded(1))
  expect(utterances).toMatchObject([{ say: '', words: [] }])
})

test('a recording without its text is refused, and the error names the missing file', async () => {
  const dir = await stored({ 'hi.wav': wideWav() })
  await expect(scriptOfWavs([join(dir, 'hi.wav')], seeded(1))).rejects.toThrow(/hi\.wav needs its words in .*hi\.txt/)
})

test.each([
  ['a file that is not a WAV', 'hello', 'Not a WAV file'],
  ['silence', encodeWav({ pcm: silence(500), rateHz: 8000, channels: 1 }), 'nothing in it is as loud as a voice'],
])('%s is refused', async (_, content, problem) => {
  const dir = await stored({ 'hi.wav': content, 'hi.txt': 'Hi.' })
  await expect(scriptOfWavs([join(dir, 'hi.wav')], seeded(1))).rejects.toThrow(problem)
})

test('words after dots are said over the agent, and the dots are no word of them', async () => {
  const texts = ['The menu, please.', '...no, two', '… wait', 'three... no', '...']
  const { utterances } = await scriptOfTexts(texts, 'awb', openFlite(), seeded(1), new AbortController().signal)
  const said = utterances.map(utterance => (utterance.kind === 'speech' ? [utterance.say, utterance.cue.after] : []))
  expect(said).toEqual([
    ['The menu, please.', 'agent-stopped'],
    ['no, two', 'agent-started'],
    ['wait', 'agent-started'],
    ['three... no', 'agent-stopped'],
    ['...', 'agent-stopped'],
  ])
})
