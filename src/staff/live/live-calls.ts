import type { CallRecorder } from '../../channels/call-host.ts'
import { HandedOver } from '../../conversation/handed-over.ts'
import type { JournalLine } from '../../conversation/lines.ts'
import type { LiveCall } from '../api-shapes.ts'
import { hints } from './hints.ts'
import { liveSound } from './live-sound.ts'

/** A call whose record is open at this server. */
export interface LiveOpening {
  readonly callId: string
  readonly attempt: number
  readonly agent: string
  readonly channel: string
  /** ISO 8601. */
  readonly startedAt: string
  /** E.164; null where it is withheld or no telephone. */
  readonly caller: string | null
  readonly rateHz: number
  /** The caller is told that the call is recorded, so its sound may be heard. */
  readonly sound: boolean
  readonly canTransfer: boolean
  /** What the call has cost so far, in USD at list prices. */
  readonly costUsd: () => number
  /** Writes a note to the journal. */
  readonly note: (noted: { readonly kind: string; readonly [detail: string]: unknown }) => void
}

/** What the call tells of itself. All of it costs next to nothing while nobody listens. */
export interface LiveFeed {
  /** The recorder, whose sound goes to those who listen too. */
  tap<Recorder extends CallRecorder>(recorder: Recorder): Recorder
  /** The call can be found from now on. */
  began(): void
  onLine(line: JournalLine): void
  /** What staff have whispered, for the model. */
  context(): string | undefined
  /** The conversation can be ended from now on, with a reason. */
  holding(end: (reason: Error) => void): void
  /** The call's stream is over. */
  over(): void
}

/** Somebody who listens. No method may wait; one that throws is left out from then on. */
export interface Listener {
  line(line: JournalLine): void
  /** 20 ms of 16-bit little-endian stereo. */
  sound(frame: Uint8Array): void
  over(): void
}

/** A live call, for those who look. */
export interface LiveControl extends Pick<LiveOpening, 'callId' | 'attempt' | 'caller' | 'rateHz' | 'sound'> {
  readonly canTransfer: boolean
  /** Undefined if too many listen already, or the call is over; else ends the listening. */
  listen(listener: Listener, by: string): (() => void) | undefined
  /** False where the call is over. */
  whisper(text: string, by: string): boolean
  /**
   * False where the conversation has not begun, is over, or was stopped by staff already. `ready` is called once it is
   * certain that nobody else stops it. Rejects as `ready` does.
   */
  transfer(by: string, ready: () => Promise<void>): Promise<boolean>
  end(by: string): boolean
}

/** A live call as the list has it, but for which server holds it. */
export type ShownCall = Omit<LiveCall, 'heldHere' | 'server'>

/** The calls that this server holds now. */
export interface LiveCalls {
  opening(opening: LiveOpening): LiveFeed
  /** The longest first. Numbers are whole. */
  list(): readonly ShownCall[]
  find(callId: string): LiveControl | undefined
}

const MOST_LISTENERS = 10

export function liveCalls(): LiveCalls {
  const live = new Map<string, { readonly control: LiveControl; readonly shown: () => ShownCall }>()

  function opening(call: LiveOpening): LiveFeed {
    const { callId, agent, channel, startedAt, caller, attempt, rateHz, sound, canTransfer, costUsd, note } = call
    const listeners = new Set<Listener>()
    const whispered = hints()
    let state: NonNullable<LiveCall['state']> = 'starting'
    let mixed: CallRecorder | undefined
    let endWith: ((reason: Error) => void) | undefined
    let isOver = false

    /** Tells all who listen. Who cannot be told must not break the call. */
    function tell(told: (listener: Listener) => void): void {
      for (const listener of listeners) {
        try {
          told(listener)
        } catch {
          leave(listener)
        }
      }
    }

    function leave(listener: Listener): boolean {
      const isLeft = listeners.delete(listener)
      if (listeners.size === 0) mixed = undefined
      return isLeft
    }

    function listen(listener: Listener, by: string): (() => void) | undefined {
      if (isOver || listeners.size >= MOST_LISTENERS) return undefined
      listeners.add(listener)
      if (sound) mixed ??= liveSound(rateHz, frame => tell(one => one.sound(frame)))
      note({ kind: 'staff-listens', by })
      return () => {
        if (leave(listener)) note({ kind: 'staff-leaves', by })
      }
    }

    /** What ends the conversation, for one alone; undefined where it cannot be ended now. */
    function claimed(): ((reason: Error) => void) | undefined {
      if (state === 'starting' || state === 'ended') return undefined
      const end = endWith
      endWith = undefined
      return end
    }

    async function transfer(by: string, ready: () => Promise<void>): Promise<boolean> {
      const end = claimed()
      if (!end) return false
      try {
        await ready()
      } catch (error) {
        endWith = end
        throw error
      }
      if (isOver) return false
      // The note comes first, so that the journal tells who before it tells what came of it.
      note({ kind: 'staff-transfers', by })
      end(new HandedOver('support staff take over'))
      return true
    }

    const control: LiveControl = {
      ...{ callId, attempt, caller, rateHz, sound, canTransfer, listen },
      whisper(text, by) {
        if (isOver) return false
        note({ kind: 'whispered', by, text })
        whispered.add(text)
        return true
      },
      transfer,
      end(by) {
        const end = claimed()
        if (!end) return false
        note({ kind: 'staff-ends', by })
        end(new Error('support staff ended the call'))
        return true
      },
    }
    const shown = (): ShownCall => ({ callId, agent, channel, startedAt, state, caller, costUsd: costUsd() })
    const entry = { control, shown }

    return {
      tap: recorder => ({
        ...recorder,
        caller(pcm: Int16Array, positionMs: number, atMs: number) {
          recorder.caller(pcm, positionMs, atMs)
          mixed?.caller(pcm, positionMs, atMs)
        },
        agent(pcm: Int16Array, playsAtMs: number) {
          recorder.agent(pcm, playsAtMs)
          mixed?.agent(pcm, playsAtMs)
        },
        moveAgent(fromMs: number, byMs: number) {
          recorder.moveAgent(fromMs, byMs)
          mixed?.moveAgent(fromMs, byMs)
        },
        cutAgent(atMs: number) {
          recorder.cutAgent(atMs)
          mixed?.cutAgent(atMs)
        },
      }),
      began() {
        live.set(callId, entry)
      },
      onLine(line) {
        if ('started' in line) state = line.started.turn.kind
        if ('decided' in line && line.decided.kind === 'turn') state = line.decided.turn.kind
        whispered.take(line)
        tell(listener => listener.line(line))
      },
      context: whispered.context,
      holding(end) {
        endWith = end
      },
      over() {
        if (live.get(callId) === entry) live.delete(callId)
        state = 'ended'
        isOver = true
        tell(listener => {
          leave(listener)
          listener.over()
        })
      },
    }
  }

  return {
    opening,
    list: () => [...live.values()].map(({ shown }) => shown()),
    find: callId => live.get(callId)?.control,
  }
}
