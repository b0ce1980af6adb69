import { encodeMulaw } from '../audio/mulaw.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
import type { Program } from './programs.ts'
import { startSoundProgram } from './sound-program.ts'

/**
 * Programs that write the default microphone's sound to their output: 16 bits at 8 kHz, in pieces of some 20 ms. ALSA's
 * buffer would be half a second by itself. Sox leaves the device its own rate and converts afterwards: CoreAudio refuses
 * 8 kHz.
 */
export const RECORDERS: readonly Program[] = [
  [
    ...(['arecord', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', '8000', '-c', '1'] as const),
    ...['--buffer-time=160000', '--period-time=20000', '-'],
  ],
  ['rec', ...soxRecording()],
  ['sox', '-d', ...soxRecording()],
]

function soxRecording(): readonly string[] {
  const written = ['-t', 'raw', '-e', 'signed-integer', '-b', '16', '-L', '-']
  return ['-q', '--buffer', '1024', ...written, 'rate', '8k', 'channels', '1']
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
  readonly program: Program
  readonly clock: Clock
  /** Mu-law at 8 kHz, in pieces as they come. */
  readonly onSound: (mulaw: Uint8Array) => void
  /** It has given nothing but zeros for 3 s. Told once. */
  readonly onDead: () => void
}

/** Opens it, and resolves with its first sound. Rejects in words when it gives none, and on abort. */
export async function openMicrophone(
  { program, clock, onSound, onDead }: MicrophoneParts,
  signal: AbortSignal,
): Promise<Microphone> {
  const { child, ended, close } = startSoundProgram(program, 'record', clock)
  const first = Promise.withResolvers<void>()
  let rest: Buffer = Buffer.alloc(0)
  let zeros = 0

  child.stdout.on('data', (data: Buffer) => {
    const all = rest.length === 0 ? data : Buffer.concat([rest, data])
    const samples = new Int16Array(all.length >> 1)
    for (let i = 0; i < samples.length; i++) samples[i] = all.readInt16LE(i * 2)
    rest = all.subarray(samples.length * 2)
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
