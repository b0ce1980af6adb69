import { join } from 'node:path'
import type { JournalLine } from '../conversation/lines.ts'
import { pricesFor } from '../costs/prices.ts'
import { isAway, isForNow } from '../database/away.ts'
import { transcribeJournal } from '../journal/missing-transcripts.ts'
import { aboutOf, type Begun, type InForce } from './about.ts'
import { ABOUT, sealFolder, statOf, unseal, writeWhole } from './call-folder.ts'
import type { CallIndex } from './call-index.ts'
import { type CallerSecrets, isE164 } from './caller-secrets.ts'
import type { HeldCalls } from './held-calls.ts'
import { tellingOf } from './summary.ts'

export interface KeeperParts {
  readonly callsFolder: string
  readonly index: CallIndex
  readonly secrets: CallerSecrets
  readonly inForce: InForce
  /** Tells the other servers which calls are held here. */
  readonly held: Pick<HeldCalls, 'begin' | 'written' | 'done'>
  /** Is told of each call whose folder is sealed. */
  readonly onSealed: (callId: string) => void
  /** Something of a call could not be written: its folder lacks the seal, or the index the call. It is there for `again`. */
  readonly onLeft: () => void
  /** The same, but more than is kept for that. */
  readonly onFailed: () => void
  readonly log: { warn(fields: object, message: string): void }
}

/** A stream of a call that begins. */
export interface BegunStream extends Begun {
  /** The caller's number, if it is known. */
  readonly number: string | undefined
  /** The lines of the streams before. */
  readonly before: readonly JournalLine[]
}

/** One stream of a call, as its records follow it. Neither of these waits or throws. */
export interface KeptStream {
  take(line: JournalLine): void
  /** The journal and the recording are closed. `lost` says in words what of them could not be kept. */
  over(lost: readonly string[]): void
  /**
   * The server breaks during the stream; its files are closed. Seals them as they are, and leaves the hold on the call, as a
   * server that was killed does. Resolves when that is written, or cannot be.
   */
  broke(lost: readonly string[]): Promise<void>
}

/** Writes what is known of each call beside its journal, seals its folder and puts it into the index, behind its back. */
export interface Keeper {
  begin(stream: BegunStream): KeptStream
  /** Calls that are being sealed, or are live. */
  isBusy(callId: string): boolean
  /** Resolves when all that is to be written now is written: calls that were over before are sealed and indexed. */
  written(): Promise<void>
  /** Writes what could not be written; resolves with whether nothing is left. */
  again(signal: AbortSignal): Promise<boolean>
  /** Calls of which something is left for `again`. */
  left(): readonly string[]
  /** Resolves when nothing is being written any more. */
  idle(): Promise<void>
}

/** Of calls that a disk or a database failed: what is more is found again in the folders. */
const MOST_LEFT = 2_000
/** What is refused may be so for a moment. */
const MOST_TRIES = 5

export function keeperOf(parts: KeeperParts): Keeper {
  const { callsFolder, index, secrets, inForce, held, onSealed, log } = parts
  const prices = pricesFor(inForce.models)
  /** The writing of each call, in order: a call may come back while its stream before is being sealed. */
  const writing = new Map<string, Promise<void>>()
  const live = new Map<string, number>()
  /** What could not be written, by call and by what it is: what a later stream of the call writes takes its place. */
  const left = new Map<string, Left>()

  function leave(callId: string, what: string, work: Work, error: unknown): void {
    const key = `${callId} ${what}`
    const before = left.get(key)
    // What a later stream of the call writes is tried as often.
    const refused = (before?.work === work ? before.refused : 0) + (isRefused(error) ? 1 : 0)
    if (refused >= MOST_TRIES) {
      left.delete(key)
      log.warn({ call: callId, err: error, tries: refused }, `${what}: it is given up until the next start`)
      return
    }
    if (!before && !isAway(error)) log.warn({ call: callId, err: error }, what)
    if (before || left.size < MOST_LEFT) left.set(key, { callId, what, work, refused })
    else parts.onFailed()
    parts.onLeft()
  }

  function write(callId: string, what: string, work: Work, isLeft = leave): void {
    const written = (writing.get(callId) ?? Promise.resolve())
      .then(work)
      .then(
        () => void left.delete(`${callId} ${what}`),
        error => isLeft(callId, what, work, error),
      )
      .finally(() => {
        if (writing.get(callId) === written) writing.delete(callId)
      })
    writing.set(callId, written)
  }

  return {
    begin(stream) {
      const { callId, attempt, number, agent, before } = stream
      const folder = join(callsFolder, callId)
      const caller = number !== undefined && isE164(number) ? secrets.keep(number, callId) : undefined
      const telling = tellingOf(agent.language, prices)
      const about = () => aboutOf(stream, inForce, caller)
      live.set(callId, attempt)
      const holding = held.begin({
        ...{ callId, agent: agent.name, channel: stream.channelName, startedAt: stream.startedAt, caller },
      })
      write(
        callId,
        'what a call is held with could not be written',
        async () => {
          // A folder without a seal is that of a call that goes on.
          if (attempt > 1) await unseal(folder)
          await writeAbout(folder, about)
          // It is written again with the seal.
        },
        (_callId, what, _work, error) => {
          if (!isAway(error)) log.warn({ call: callId, err: error }, what)
        },
      )
      let isTold = true
      /** What the index shall know of a call must never end it, such as lines of another version's. */
      function take(line: JournalLine): void {
        if (!isTold) return
        try {
          telling.take(line)
        } catch (error) {
          isTold = false
          log.warn({ call: callId, err: error }, 'a call cannot be told: it will not be in the index')
        }
      }
      for (const line of before) take(line)
      return {
        take,
        over(lost) {
          if (live.get(callId) === attempt) live.delete(callId)
          write(callId, 'a call could not be sealed', async () => {
            // The disk may have been full when the call began.
            await writeAbout(folder, about)
            await sealFolder(folder, { killed: false, lost })
            onSealed(callId)
          })
          let isIndexed = false
          let isHoldOver = false
          write(callId, 'a call is not in the index', async () => {
            const told = isTold ? telling.told() : undefined
            if (told) await index.keep(callId, told, caller)
            isIndexed = told !== undefined
            // The hold may have ended before, without a place in the index.
            if (isHoldOver) await held.done([callId])
          })
          write(callId, 'the hold on a call is not ended', async () => {
            holding.over(isIndexed)
            isHoldOver = true
            await held.written()
          })
        },
        async broke(lost) {
          // The seal is last: the next start finishes a call without one.
          write(callId, 'a call could not be sealed', async () => {
            await writeAbout(folder, about)
            await transcribeJournal(folder, () => agent.language)
            const told = isTold ? telling.told() : undefined
            if (told) await index.keep(callId, told, caller)
            await sealFolder(folder, { killed: true, lost })
          })
          await writing.get(callId)
        },
      }
    },
    isBusy: callId => live.has(callId) || writing.has(callId),
    async again(signal) {
      for (const { callId, what, work } of [...left.values()]) {
        signal.throwIfAborted()
        // The stream that is held now writes it anew.
        if (!live.has(callId)) write(callId, what, work)
        await writing.get(callId)
      }
      return [...left.values()].every(({ callId }) => live.has(callId))
    },
    left: () => [...new Set([...left.values()].map(({ callId }) => callId))],
    written: async () => void (await Promise.all(writing.values())),
    async idle() {
      while (writing.size > 0) await Promise.all(writing.values())
    },
  }
}

type Work = () => Promise<unknown>
interface Left {
  readonly callId: string
  readonly what: string
  readonly work: Work
  /** How often the database has refused it for itself. */
  readonly refused: number
}

/** A disk or a database that is away or busy is waited for, for as long as it takes. */
const isRefused = (error: unknown): boolean =>
  !isAway(error) && !isForNow(error) && !(error instanceof Error && 'syscall' in error)

/** That of the first stream in this folder stays. */
async function writeAbout(folder: string, about: () => object): Promise<void> {
  if ((await statOf(join(folder, ABOUT))) === undefined) await writeWhole(folder, ABOUT, about())
}
