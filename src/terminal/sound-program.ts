import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Clock } from '../conversation/ports.ts'
import type { Program } from './programs.ts'

/** A program that takes or gives sound, as long as the call goes on. */
export interface SoundProgram {
  readonly child: ChildProcessWithoutNullStreams
  /** Rejects in words when it ends by itself; resolves when it was ended here. */
  readonly ended: Promise<void>
  /** Ends it, and resolves when it has let go of the sound card. */
  close(): Promise<void>
}

/** A program that does not end when it is asked to. */
const KILL_AFTER_MS = 1_000
const MOST_COMPLAINT = 2_000

/** Starts one; `does` says what for, such as "record". */
export function startSoundProgram([command, ...options]: Program, does: string, clock: Clock): SoundProgram {
  const child = spawn(command, options, { stdio: 'pipe' })
  const ended = Promise.withResolvers<void>()
  // Whoever waits for nothing but its work need not look at its end.
  ended.promise.catch(() => undefined)
  const gone = Promise.withResolvers<void>()
  let complaint = ''
  let isClosing = false
  child.stderr.on('data', data => {
    complaint = (complaint + data).slice(-MOST_COMPLAINT)
  })
  // Its end is told by `close`.
  child.stdin.on('error', () => undefined)
  child.on('error', error => ended.reject(new Error(`${command} cannot ${does}: ${error.message}`)))
  child.on('close', (code, signalName) => {
    gone.resolve()
    if (isClosing) return ended.resolve()
    const last = complaint.trim().split('\n').at(-1)
    const why = last || (code === null ? `it was ended by ${signalName}` : `it ended with ${code}`)
    ended.reject(new Error(`${command} cannot ${does} any more: ${why}. ${ADVICE}`))
  })
  return {
    child,
    ended: ended.promise,
    async close() {
      isClosing = true
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      child.stdin.end()
      child.kill('SIGTERM')
      const patience = new AbortController()
      clock.sleep(KILL_AFTER_MS, patience.signal).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      )
      await gone.promise
      patience.abort()
    },
  }
}

const ADVICE =
  'Is there a sound card? A container, a remote shell and WSL have none: there the softphone of npm start, in a browser, is the way.'
