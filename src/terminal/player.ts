import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs that play a WAV file and then end: Linux, macOS, and wherever FFmpeg is. */
const PLAYERS = [['aplay', '-q'], ['afplay'], ['ffplay', '-nodisp', '-autoexit', '-loglevel', 'error']] as const

export type Player = readonly [command: string, ...options: string[]]

/** The first player that is on the path; undefined when this machine has none. */
export function findPlayer(path = process.env.PATH ?? ''): Player | undefined {
  const folders = path.split(delimiter).filter(folder => folder !== '')
  return PLAYERS.find(([command]) => folders.some(folder => isRunnable(join(folder, command))))
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Plays a file to its end. Throws when the player cannot play it, such as on a machine without a loudspeaker. */
export async function play([command, ...options]: Player, file: string, signal: AbortSignal): Promise<void> {
  const child = spawn(command, [...options, file], { stdio: ['ignore', 'ignore', 'pipe'], signal })
  let complaint = ''
  child.stderr.on('data', data => {
    complaint = (complaint + data).slice(-2_000)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} cannot play it: ${complaint.trim().split('\n').at(-1) ?? ''}`)
}
