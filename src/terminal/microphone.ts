import { encodeMulaw } from '../audio/mulaw.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
import type { Program } from './programs.ts'
import { startSoundProgram } from './sound-program.ts'

/** A program that writes the default microphone's sound to its output: 16 bits at 8 kHz, the same in each channel. */
export interface Recorder {
  readonly program: Program
  readonly channels: number
}

/** Sox writes 4,096 bytes at a time: a quarter of a second of one channel, and 32 ms of eight. */
const SOX_CHANNELS = 8

/**
 * ALSA's buffer would be half a second by itself. Sox leaves the device its own rate and converts afterwards: CoreAudio
 * refuses 8 kHz.
 */
export const RECORDERS: readonly Recorder[] = [
  {
    program: [
      ...(['arecord', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', '8000', '-c', '1'] as const),
      ...['--buffer-time=160000', '--period-time=20000', '-'],
    ],
    channels: 1,
  },
  { program: ['rec', ...soxRecording()], channels: SOX_CHANNELS },
  { program: ['sox', '-d', ...soxRecording()], channels: SOX_CHANNELS },
]

function soxRecording(): readonly string[] {
  const written = ['-t', 'raw', '-e', 'signed-integer', '-b', '16', '-L', '-']
  const toAll = Array.from({ length: SOX_CHANNELS }, () => '1')
  return ['-q', '--buffer', '1024', ...written, 'channels', '1', 'rate', '8k', 'remix', ...toAll]
}

/** What is exactly 0 for so long is no quiet room. */
const DEAD_SAMPLES = 3 * 8_000

/** The default microphone of this machine. */
export interface Microphone {
  /** Rejects in words when its program ends by itself, such as when a microphone is unplugged. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

export interface MicrophoneParts {
  readonly recorder: Recorder
  readonly clock: Clock
  /** Mu-law at 8 kHz, in pieces as they come. */
  readonly onSound: (mulaw: Uint8Array) => void
  /** It has given nothing but zeros for 3 s. Told once. */
  readonly onDead: () => void
}

/** Opens it, and resolves with its first sound. Rejects in words when it gives none, and on abort. */
export async function openMicrophone(
  { recorder, clock, onSound, onDead }: MicrophoneParts,
  signal: AbortSignal,
): Promise<Microphone> {
  const { child, ended, close } = startSoundProgram(recorder.program, 'record', clock)
  const sampleBytes = 2 * recorder.channels
  const first = Promise.withResolvers<void>()
  let rest: Buffer = Buffer.alloc(0)
  let zeros = 0

  child.stdout.on('data', (data: Buffer) => {
    const all = rest.length === 0 ? data : Buffer.concat([rest, data])
    const samples = new Int16Array(Math.floor(all.length / sampleBytes))
    for (let i = 0; i < samples.length; i++) samples[i] = all.readInt16LE(i * sampleBytes)
    rest = all.subarray(samples.length * sampleBytes)
    if (samples.length === 0) return
    first.resolve()
    if (zeros < DEAD_SAMPLES) {
      zeros = samples.some(sample => sample !== 0) ? 0 : zeros + samples.length
      if (zeros >= DEAD_SAMPLES) onDead()
    }
    onSound(encodeMulaw(samples))
  })

  try {
    await orAborted(Promise.race([first.promise, ended]), signal)
  } catch (cause) {
    await close()
    throw cause
  }
  return { ended, close }
}
