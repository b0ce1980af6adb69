import { decodeMulaw } from '../audio/mulaw.ts'
import type { Clock } from '../conversation/ports.ts'
import type { Program } from './programs.ts'
import { startSoundProgram } from './sound-program.ts'

/** Programs that play what they are given on their input: 16 bits at 8 kHz, with little kept ahead. */
export const LOUDSPEAKERS: readonly Program[] = [
  [
    ...(['aplay', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', '8000', '-c', '1'] as const),
    ...['--buffer-time=160000', '--period-time=20000', '-'],
  ],
  ['play', ...soxPlaying()],
  ['sox', ...soxPlaying(), '-d'],
]

function soxPlaying(): readonly string[] {
  const read = ['-t', 'raw', '-r', '8000', '-e', 'signed-integer', '-b', '16', '-L', '-c', '1', '-']
  return ['-q', '--buffer', '1024', ...read]
}

/** Half a second that the program has not taken: it hangs, and what is late is not wanted any more. */
const MOST_WAITING_BYTES = 8_000

/** The default loudspeaker of this machine. */
export interface Loudspeaker {
  /** Mu-law at 8 kHz. Never waits: what the program does not take in time is dropped. */
  play(mulaw: Uint8Array): void
  /** Rejects in words when its program ends by itself. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

export function openLoudspeaker(program: Program, clock: Clock): Loudspeaker {
  const { child, ended, close } = startSoundProgram(program, 'play', clock)
  child.stdout.resume()
  return {
    play(mulaw) {
      if (!child.stdin.writable || child.stdin.writableLength > MOST_WAITING_BYTES) return
      const pcm = decodeMulaw(mulaw)
      const bytes = Buffer.alloc(pcm.length * 2)
      for (const [i, sample] of pcm.entries()) bytes.writeInt16LE(sample, i * 2)
      child.stdin.write(bytes)
    },
    ended,
    close,
  }
}
