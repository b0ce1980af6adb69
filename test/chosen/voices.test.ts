import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { encodeWav } from '../../src/audio/wav.ts'
import { systemClock } from '../../src/clock.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { openAuraStandIn } from '../../src/sandbox/aura/stand-in.ts'
import { openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import { openElevenLabsStandIn } from '../../src/sandbox/elevenlabs/stand-in.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { COMPILED } from '../compiled.ts'

const COMMAND = new URL('../../src/chosen/voices.ts', import.meta.url).pathname

async function standIn(open: typeof openCartesiaStandIn, ...faults: readonly Fault[]): Promise<string> {
  const options = { port: 0, profile: profiles.fast, seed: 1, clock: systemClock, faults }
  const opened = await open(options, openFlite())
  onTestFinished(() => opened.close())
  return opened.url
}

async function run(args: readonly string[], env: Record<string, string>) {
  // A folder without a .env file.
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...COMPILED, ...env },
    cwd: tmpdir(),
    stdio: 'pipe',
  })
  child.stdin.end()
  const [said, written] = [text(child.stderr), text(child.stdout)]
  const [code] = await once(child, 'close')
  return { code, said: await said, written: await written }
}

async function files(named: Record<string, Uint8Array>): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), 'voices-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, bytes] of Object.entries(named)) await writeFile(join(folder, name), bytes)
  return name => join(folder, name)
}
const wav = (seconds: number) =>
  encodeWav({ pcm: new Int16Array(8_000 * seconds).fill(500), rateHz: 8_000, channels: 1 })

test('id, name, language and description, of all voices or of those that are searched for', async () => {
  const env = { CARTESIA_API_KEY: 'key', CARTESIA_BASE_URL: await standIn(openCartesiaStandIn) }
  const [every, some, none] = await Promise.all([run([], env), run(['for', 'late'], env), run(['opera'], env)])
  expect(every).toMatchObject({ code: 0, said: '' })
  expect(every.written.trimEnd().split('\n')).toHaveLength(12)
  expect(some).toEqual({
    ...{ code: 0, said: '' },
    written: '00000000-0000-4000-8000-000000000005\tNight Line\ten\tSoft, for late calls\n',
  })
  expect(none).toEqual({ code: 1, said: 'No voice has "opera".\n', written: '' })
})

test('of whichever provider TTS names first, or --of', async () => {
  const elevenlabs = { ELEVENLABS_API_KEY: 'key', ELEVENLABS_BASE_URL: await standIn(openElevenLabsStandIn) }
  const deepgram = { DEEPGRAM_API_KEY: 'key', DEEPGRAM_BASE_URL: await standIn(openAuraStandIn) }
  const [first, other, built, here, unknown] = await Promise.all([
    run(['calm'], { ...elevenlabs, TTS: 'elevenlabs,cartesia' }),
    run(['--of', 'deepgram', 'viktoria'], { ...elevenlabs, ...deepgram, TTS: 'elevenlabs' }),
    run(['--of', 'openai', 'quality'], { OPENAI_API_KEY: 'key' }),
    run([], { TTS: 'local' }),
    run([], { TTS: 'opera' }),
  ])
  expect(first).toMatchObject({
    written: 'EXAVITQu4vr4xnSDxMaL\tFront Desk\ten\tpremade: Calm and clear, for a reception\n',
  })
  expect(other.written).toBe('aura-2-viktoria-de\tviktoria\tde\tGerman, warm\n')
  expect(built.written.split('\n').map(line => line.split('\t')[0])).toEqual(['cedar', 'marin', ''])
  expect(here).toMatchObject({ code: 1, said: 'Local voice (local) has no list of voices.\n' })
  expect(unknown.said).toMatch(/^TTS: there is no opera, but cartesia, elevenlabs, /)
})

test('what goes wrong is one line', async () => {
  const refusing = await standIn(openElevenLabsStandIn, { kind: 'status', status: 401 })
  const [unset, address, refused] = await Promise.all([
    run([], {}),
    run([], { CARTESIA_API_KEY: 'key', CARTESIA_BASE_URL: 'api.cartesia.ai' }),
    run(['--of', 'elevenlabs'], { ELEVENLABS_API_KEY: 'key', ELEVENLABS_BASE_URL: refusing }),
  ])
  const said = 'CARTESIA_API_KEY is not set: the voices are those of its account\n'
  expect(unset).toEqual({ code: 1, said, written: '' })
  expect(address.said).toMatch(/^CARTESIA_BASE_URL: must be a URL with wss: or ws: or https: or http:.*\n$/)
  expect(refused).toMatchObject({ code: 1, said: 'ElevenLabs: 401 injected\n', written: '' })
})

test('a voice is made of recordings, and is in the list then', async () => {
  const env = {
    ELEVENLABS_API_KEY: 'key',
    ELEVENLABS_BASE_URL: await standIn(openElevenLabsStandIn),
    TTS: 'elevenlabs',
  }
  const at = await files({ 'a.wav': wav(2), 'b.mp3': Buffer.concat([Buffer.from('ID3'), Buffer.alloc(9_000)]) })
  const made = await run(['--clone', 'Front Office', '--consent', at('a.wav'), at('b.mp3')], env)
  expect(made).toMatchObject({ code: 0, written: expect.stringMatching(/^\w{20}\n$/) })
  expect(made.said).toBe(`ELEVENLABS_VOICE_ID=${made.written.trim()} makes it the agent's voice.\n`)
  expect((await run(['front office'], env)).written).toBe(`${made.written.trim()}\tFront Office\tany\tcloned\n`)
})

test('nothing is sent without consent, or of files that are no recordings', async () => {
  const env = { ELEVENLABS_API_KEY: 'key', ELEVENLABS_BASE_URL: 'http://127.0.0.1:9', TTS: 'elevenlabs' }
  const at = await files({
    ...{ 'a.wav': wav(2), 'note.wav': Buffer.from('no sound at all'.repeat(400)), 'short.wav': wav(0.1) },
    'long.wav': Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(10_500_000)]),
  })
  const clone = (...args: readonly string[]) => run(['--clone', ...args], env)
  const [unasked, wrong, many, none, other] = await Promise.all([
    clone('Anna', at('a.wav')),
    clone('Anna', '--consent', ...['note.wav', 'short.wav', 'long.wav', 'gone.wav'].map(at)),
    clone('Anna', '--consent', ...Array.from({ length: 26 }, () => at('a.wav'))),
    clone('Anna', '--consent'),
    run(['--of', 'cartesia', '--clone', 'Anna', at('a.wav')], { CARTESIA_API_KEY: 'key' }),
  ])
  expect(unasked.said).toMatch(/^Does the person who speaks in these recordings agree\?/)
  expect(wrong.said.trimEnd().split('\n')).toEqual([
    `${at('gone.wav')}: there is no such file`,
    'note.wav: is none of WAV, MP3, FLAC, Ogg, MP4 (M4A) and WebM',
    expect.stringMatching(/^short.wav: there is hardly a sound in \d+ bytes$/),
    'long.wav: 11 MB, and the service takes 10 MB',
  ])
  expect(many.said).toBe('26 samples: the service takes 25\n')
  expect(none.said).toBe('--clone Anna: name the recordings after it\n')
  expect(other.said).toBe('cartesia makes no voice of recordings, but --of elevenlabs\n')
  expect([unasked, wrong, many, none, other].map(({ code, written }) => [code, written])).toEqual(
    Array.from({ length: 5 }, () => [1, '']),
  )
})
