import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { openLoudspeaker } from '../../src/terminal/loudspeaker.ts'
import { openMicrophone } from '../../src/terminal/microphone.ts'
import { tone } from '../sandbox/caller/sounds.ts'

const never = new AbortController().signal

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'partyline-sound-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}
/** A program of Node's that does this. */
const program = (code: string, ...args: readonly string[]) => [process.execPath, '-e', code, ...args] as const
const bytesOf = (pcm: Int16Array): Buffer => Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)
const joined = (pieces: readonly Uint8Array[]): Uint8Array => Buffer.concat(pieces)

/** A recorder that gives this file, in pieces that cut samples in two, and then waits. */
const GIVES = `
const bytes = require('node:fs').readFileSync(process.argv[1])
for (let at = 0; at < bytes.length; at += 333) process.stdout.write(bytes.subarray(at, at + 333))
setInterval(() => {}, 1e6)`

test.each([1, 8])(
  'a microphone of %d channels: its first one is heard, whatever the pieces are that it comes in',
  async channels => {
    const sound = tone(500)
    const file = join(await folder(), 'sound.raw')
    await writeFile(
      file,
      bytesOf(Int16Array.from({ length: sound.length * channels }, (_, i) => sound[Math.floor(i / channels)] ?? 0)),
    )
    const heard: Uint8Array[] = []
    const microphone = await openMicrophone(
      {
        recorder: { program: program(GIVES, file), channels },
        clock,
        onSound: piece => heard.push(piece),
        onDead: () => undefined,
      },
      never,
    )
    await expect.poll(() => joined(heard).length).toBe(sound.length)
    expect(joined(heard)).toEqual(Buffer.from(encodeMulaw(sound)))
    await microphone.close()
    await expect(microphone.ended).resolves.toBeUndefined()
  },
)

test('a machine without a sound card is told with the words of its program, and what else there is', async () => {
  const code = `console.error('ALSA lib: many words'); console.error('arecord: audio open error: No such file or directory'); process.exit(1)`
  const opening = openMicrophone(
    { recorder: { program: program(code), channels: 1 }, clock, onSound: () => undefined, onDead: () => undefined },
    never,
  )
  await expect(opening).rejects.toThrow(
    /cannot record any more: arecord: audio open error: No such file or directory\. Is there a sound card\? .* the softphone/,
  )
})

test('a program that is not there, and one that gives nothing until nobody wants it any more', async () => {
  const parts = { clock, onSound: () => undefined, onDead: () => undefined }
  const missing = openMicrophone({ ...parts, recorder: { program: ['/nowhere/arecord'], channels: 1 } }, never)
  await expect(missing).rejects.toThrow('/nowhere/arecord cannot record')
  const waiting = new AbortController()
  const silent = openMicrophone(
    { ...parts, recorder: { program: program('setInterval(() => {}, 1e6)'), channels: 1 } },
    waiting.signal,
  )
  waiting.abort(new Error('interrupted'))
  await expect(silent).rejects.toThrow('interrupted')
})

test('a microphone of nothing but zeros is told of once, one with a quiet room is not', async () => {
  const dir = await folder()
  const dead = async (pcm: Int16Array): Promise<number> => {
    const file = join(dir, 'sound.raw')
    await writeFile(file, bytesOf(pcm))
    let [told, samples] = [0, 0]
    const recorder = { program: program(GIVES, file), channels: 1 }
    const onSound = (piece: Uint8Array): void => {
      samples += piece.length
    }
    const microphone = await openMicrophone({ recorder, clock, onSound, onDead: () => told++ }, never)
    await expect.poll(() => samples).toBe(pcm.length)
    await microphone.close()
    return told
  }
  expect(await dead(new Int16Array(9 * 8_000))).toBe(1)
  expect(await dead(Int16Array.from({ length: 9 * 8_000 }, (_, i) => (i % 16_000 === 0 ? 1 : 0)))).toBe(0)
})

test('a loudspeaker gets what is heard, as 16 bits', async () => {
  const file = join(await folder(), 'played.raw')
  const plays = `process.stdin.on('data', data => require('node:fs').appendFileSync(process.argv[1], data))`
  const sound = encodeMulaw(tone(500))
  const loudspeaker = openLoudspeaker(program(plays, file), clock)
  for (let at = 0; at < sound.length; at += 160) loudspeaker.play(sound.subarray(at, at + 160))
  const played = bytesOf(decodeMulaw(sound))
  await expect.poll(() => readFile(file).catch(() => undefined)).toEqual(played)
  await loudspeaker.close()
  await expect(loudspeaker.ended).resolves.toBeUndefined()
})

test('a loudspeaker that hangs holds nothing up, and is ended all the same', async () => {
  const file = join(await folder(), 'ready')
  const hangs = `process.on('SIGTERM', () => {}); require('node:fs').writeFileSync(process.argv[1], ''); setInterval(() => {}, 1e6)`
  const loudspeaker = openLoudspeaker(program(hangs, file), clock)
  await expect.poll(() => existsSync(file)).toBe(true)
  // Two minutes of sound: all that it does not take is dropped.
  for (let frame = 0; frame < 6_000; frame++) loudspeaker.play(new Uint8Array(160))
  await loudspeaker.close()
  await expect(loudspeaker.ended).resolves.toBeUndefined()
})

test('a loudspeaker that is gone is told, and what is played then hurts nobody', async () => {
  const loudspeaker = openLoudspeaker(program(`console.error('no such device'); process.exit(3)`), clock)
  await expect(loudspeaker.ended).rejects.toThrow('cannot play any more: no such device.')
  loudspeaker.play(new Uint8Array(160))
  await loudspeaker.close()
})
