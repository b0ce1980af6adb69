import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../../../src/clock.ts'
import { onPath } from '../../../src/livekit/program.ts'
import type { PageSounds } from './page-figures.ts'

const RATE_HZ = 48_000
const SAID_RATE_HZ = 8_000
const FRAME_MS = 20
const BLOCK_MS = 10
const BLOCK_SAMPLES = (RATE_HZ * BLOCK_MS) / 1_000
const STARTS_WITHIN_MS = 10_000
const STEP_MS = 50
const PROGRAMS = ['pulseaudio', 'pacat', 'parec', 'pactl'] as const

/**
 * One sound card, whose left side is what a browser plays, and whose right side what somebody says into its microphone. Both
 * are recorded by one clock.
 */
export interface SoundCard {
  /** What a browser must have in its environment to use it. */
  readonly env: Readonly<Record<string, string>>
  /** Says this into the microphone; 8 kHz. Resolves when it was said. */
  say(pcm: Int16Array, signal: AbortSignal): Promise<void>
  /** Everything since the card was opened. */
  sounds(): PageSounds
  /** The loudest sample of what was played in the last `ms`, 0 to 1. */
  loudness(ms: number): number
  close(): Promise<void>
}

/** Opens PulseAudio with a card of no hardware. Throws an Error where it is not installed. */
export async function openSoundCard(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<SoundCard> {
  const missing = PROGRAMS.filter(name => onPath(name, environment) === undefined)
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not installed (Debian: pulseaudio pulseaudio-utils)`)
  const folder = await mkdtemp(join(tmpdir(), 'partyline-sound-'))
  const socket = join(folder, 'native')
  const env = { PULSE_SERVER: `unix:${socket}`, HOME: folder, XDG_RUNTIME_DIR: folder, PATH: environment.PATH ?? '' }
  const half = (name: string, side: string) =>
    `module-remap-sink sink_name=${name} master=card channels=1 channel_map=mono master_channel_map=${side} remix=no`
  const modules = [
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    `module-null-sink sink_name=card rate=${RATE_HZ} channels=2 channel_map=front-left,front-right`,
    half('ear', 'front-left'),
    half('mouth', 'front-right'),
    'module-remap-source source_name=microphone master=card.monitor channels=1 channel_map=mono master_channel_map=front-right remix=no',
  ]
  const options = ['-n', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes', '--daemonize=no']
  const server = spawn('pulseaudio', [...options, ...modules.flatMap(module => ['-L', module])], {
    env,
    stdio: 'ignore',
  })
  const run = async (program: string, ...args: readonly string[]): Promise<boolean> => {
    const [code] = await once(spawn(program, args, { env, stdio: 'ignore', signal }), 'exit')
    return code === 0
  }
  const untilMs = clock.now() + STARTS_WITHIN_MS
  while (!(await run('pactl', 'set-default-source', 'microphone'))) {
    if (clock.now() > untilMs) throw new Error('PulseAudio did not start')
    await clock.sleep(STEP_MS, signal)
  }
  await run('pactl', 'set-default-sink', 'ear')

  const raw = ['--raw', '--format=s16le', '--latency-msec=10']
  // A microphone is always on: a stream that begins makes the card change its pace, and others falter.
  const mouth = spawn('pacat', [...raw, `--rate=${SAID_RATE_HZ}`, '--channels=1', '--device=mouth'], { env })
  mouth.stdin.on('error', () => undefined)
  const speaking = new AbortController()
  let unsaid: Int16Array = new Int16Array(0)
  async function speak(): Promise<void> {
    for (let atMs = clock.now(); ; atMs += FRAME_MS) {
      const frame = new Int16Array((SAID_RATE_HZ * FRAME_MS) / 1_000)
      frame.set(unsaid.subarray(0, frame.length))
      unsaid = unsaid.subarray(frame.length)
      mouth.stdin.write(Buffer.from(frame.buffer))
      await clock.sleep(atMs + FRAME_MS - clock.now(), speaking.signal)
    }
  }
  speak().catch(() => undefined)
  const recorder = spawn('parec', [...raw, `--rate=${RATE_HZ}`, '--channels=2', '--device=card.monitor'], { env })
  const peaks: [number[], number[]] = [[], []]
  let rest = Buffer.alloc(0)
  recorder.stdout.on('data', (piece: Buffer) => {
    rest = Buffer.concat([rest, piece])
    for (; rest.length >= 4 * BLOCK_SAMPLES; rest = rest.subarray(4 * BLOCK_SAMPLES)) {
      for (const side of [0, 1] as const) peaks[side].push(peakOf(rest, side))
    }
  })
  await once(recorder.stdout, 'data', { signal })

  return {
    env: { PULSE_SERVER: env.PULSE_SERVER },
    async say(pcm, saidSignal) {
      unsaid = pcm
      while (unsaid.length > 0) await clock.sleep(FRAME_MS, saidSignal)
    },
    sounds: () => ({ blockMs: BLOCK_MS, loudspeaker: peaks[0], microphone: peaks[1] }),
    loudness: ms => Math.max(0, ...peaks[0].slice(-Math.ceil(ms / BLOCK_MS))),
    async close() {
      speaking.abort()
      await Promise.all([mouth, recorder, server].map(ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The loudest sample of one side of a block, 0 to 1. */
function peakOf(block: Buffer, side: 0 | 1): number {
  let most = 0
  for (let i = 0; i < BLOCK_SAMPLES; i++) most = Math.max(most, Math.abs(block.readInt16LE(4 * i + 2 * side)))
  return most / 32_768
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}
