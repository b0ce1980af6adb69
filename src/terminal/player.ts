import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findProgram, type Program } from './programs.ts'

/** Programs that play a WAV file and then end: Linux, macOS, and wherever FFmpeg is. */
const PLAYERS: readonly Program[] = [
  ['aplay', '-q'],
  ['afplay'],
  ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'error'],
]

/** The first player that is on the path; undefined when this machine has none. */
export const findPlayer = (path?: string): Program | undefined => findProgram(PLAYERS, path)

/** Plays a file to its end. Throws when the player cannot play it, such as on a machine without a loudspeaker. */
export async function play([command, ...options]: Program, file: string, signal: AbortSignal): Promise<void> {
  const child = spawn(command, [...options, file], { stdio: ['ignore', 'ignore', 'pipe'], signal })
  let complaint = ''
  child.stderr.on('data', data => {
    complaint = (complaint + data).slice(-2_000)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} cannot play it: ${complaint.trim().split('\n').at(-1) ?? ''}`)
}
