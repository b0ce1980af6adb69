import type { JournalLine } from '../conversation/lines.ts'
import type { CallOpening, LineNote, OpenCall } from './call-host.ts'

/** A call that this server holds. */
export interface CallHere {
  /** Whose call it is. */
  readonly owner: string
  /** In its journal. */
  readonly note: (note: LineNote) => void
  /** Aborted as soon as its caller has left, or it ends. */
  readonly over: AbortSignal
}

/** Who follows the calls. */
interface Following {
  /** Its line is there, and the agent holds it. */
  held(opening: CallOpening): void
  /** Its record is sealed. It may come back as another stream. */
  over(opening: CallOpening): void
}

const isOver = (line: JournalLine): boolean =>
  ('input' in line && (line.input.kind === 'gone' || line.input.kind === 'lost')) ||
  ('decided' in line && line.decided.kind === 'turn' && line.decided.turn.kind === 'ended')

/** Opens calls as `open` does, and knows those that are held. */
export function callsHere(open: (opening: CallOpening) => Promise<OpenCall>, following: Following) {
  const here = new Map<string, CallHere>()
  return {
    get: (callId: string): CallHere | undefined => here.get(callId),
    async open(opening: CallOpening): Promise<OpenCall> {
      const leaving = new AbortController()
      const leave = (): void => leaving.abort(new Error('the call is over'))
      const opened = await open({
        ...opening,
        onLine(line) {
          opening.onLine?.(line)
          if (isOver(line)) leave()
        },
      })
      const call: CallHere = { owner: opening.owner, note: opened.note, over: leaving.signal }
      return {
        ...opened,
        async hold(line, signal) {
          here.set(opening.callId, call)
          following.held(opening)
          try {
            await opened.hold(line, signal)
          } finally {
            leave()
            if (here.get(opening.callId) === call) here.delete(opening.callId)
            following.over(opening)
          }
        },
      }
    },
  }
}
