import type { Clock } from '../conversation/ports.ts'
import type { AnnouncedUtterance } from '../sandbox/deepgram/scripted-transcripts.ts'
import type { Fault } from '../sandbox/faults.ts'

/** One thing that a provider must do. `run` rejects with an AssertionError that says what it does not do. */
export interface Check {
  readonly name: string
  run(): Promise<void>
}

/** What a check changes of the provider's world. */
export interface World {
  readonly faults?: readonly Fault[]
  /** What the service sends comes in pieces of so many bytes, as a network may cut it. */
  readonly pieceBytes?: number
}

/** A provider that was opened against its stand-in, for one check. */
export interface Opened<Provider> {
  readonly provider: Provider
  /** The clock that the provider has. */
  readonly clock: Clock
  /** Waits for this work; where the clock is a virtual one, lets its time pass meanwhile. */
  passing<T>(work: Promise<T>): Promise<T>
  /** Sets the stand-in's faults. */
  setFaults(faults: readonly Fault[]): void
  /** The faults that it has not injected yet. */
  faultsLeft(): number
  /** How many connections and waits are open, on both sides. */
  busy(): number
  /** For speech to text: tells the stand-in what will be said. */
  announce?(callId: string, utterance: AnnouncedUtterance): void
  /** Begins a message of so many bytes from the service on every open connection; its end never comes. False where none is open. */
  flood?(bytes: number): boolean
  /** The service ends what it is sending in good order, too early: the body of a response, or a WebSocket. False where none is open. */
  endEarly?(): boolean
  close(): Promise<void>
}

/** A provider of a port, as the suite opens it. `has`: what only some of them can do. */
export interface Subject<Provider, Has> {
  readonly has: Has
  open(world: World): Promise<Opened<Provider>>
}

/** What a provider's service may do to it. One without a network has fewer. */
export interface Breakable {
  /** Its stand-in injects these; all of them if it is not said. */
  readonly faults?: readonly Fault['kind'][]
  /** A key that must be in no error. */
  readonly secret?: string
  /** Its wire does not tell an end that is too early from one that is not. */
  readonly endsUntold?: boolean
  /** It takes no longer message from its service, in bytes (16 MiB if it is not said). */
  readonly longestMessage?: number
}
