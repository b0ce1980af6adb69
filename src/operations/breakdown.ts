import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'
import { vendorWords } from './vendor-words.ts'

export interface BreakdownParts {
  readonly clock: Clock
  readonly log: Record<'fatal' | 'error', (fields: object, message: string) => void>
  /** Takes no more calls, and writes what the live ones have not written yet. */
  readonly save: () => Promise<void>
  /** Ends the process. */
  readonly exit: (code: number) => Promise<void>
}

/** The exit code of a server that broke (sysexits.h: an internal error), so that it is told from one that cannot start. */
export const BROKEN_CODE = 70
const SAVE_WITHIN_MS = 3_000
/** What fails besides, while the records are written, is told so often. */
const MOST_MORE = 5
const MOST_FRAMES = 8
const LONGEST_NAME = 60
const LONGEST_FRAME = 160
/** A line of a stack: a place in a file, and no words of a message. */
const FRAME = /^\s+at (?:[\w$.<>[\] ]+ )?\(?(?:file:\/\/|node:|\/)[^\s()]+:\d+:\d+\)?$/

/**
 * Gives the one handler of errors that nobody caught: it tells of the first one in a line, saves what it can within three
 * seconds, and ends the process, because one in a state that nobody knows must not go on answering. It never throws.
 */
export function breakdown({ clock, log, save, exit }: BreakdownParts): (error: unknown, origin: string) => void {
  let isEnding = false
  let more = 0

  function tell(error: unknown, origin: string): void {
    if (!isEnding) log.fatal({ origin, ...toldOf(error) }, 'the server broke: it writes its records and ends')
    else if (++more <= MOST_MORE) log.error({ origin, ...toldOf(error) }, 'another error while the records are written')
  }

  async function end(): Promise<void> {
    try {
      await within(SAVE_WITHIN_MS, 'writing the records', clock, save, new AbortController().signal)
    } catch (error) {
      tellAnyway(() => log.error(toldOf(error), 'what is not written is told from the journals at the next start'))
    } finally {
      await exit(BROKEN_CODE)
    }
  }

  return (error, origin) => {
    tellAnyway(() => tell(error, origin))
    if (isEnding) return
    isEnding = true
    void end()
  }
}

/** A log that fails keeps nothing from ending. */
function tellAnyway(tell: () => void): void {
  try {
    tell()
  } catch {
    // There is nobody left to tell.
  }
}

/** What an error may tell a log: its kind, its reason without what may be a caller's, and where it was thrown. */
function toldOf(error: unknown): object {
  const why = vendorWords(reasonOf(error))
  if (!(error instanceof Error)) return { kind: typeof error, why }
  const lines = (error.stack ?? '').split('\n').filter(line => FRAME.test(line))
  const at = lines.slice(0, MOST_FRAMES).map(line => line.trim().slice(0, LONGEST_FRAME))
  return { kind: error.name.slice(0, LONGEST_NAME), why, at }
}
