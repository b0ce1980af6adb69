import { getEventListeners } from 'node:events'
import { join } from 'node:path'
import { receptionist } from '../../../src/agents/built-in.ts'
import { type PhoneLine, phoneLine } from '../../../src/channels/phone/channel.ts'
import type { StreamMessage } from '../../../src/channels/phone/messages.ts'
import { converse } from '../../../src/conversation/conversation.ts'
import type { CallJournal, JournalLine } from '../../../src/conversation/lines.ts'
import type { Next } from '../../../src/conversation/ports.ts'
import { scopeOf } from '../../../src/conversation/scope.ts'
import type { ConversationState } from '../../../src/conversation/state.ts'
import { begin } from '../../../src/conversation/turn/enter.ts'
import { isAway } from '../../../src/database/away.ts'
import { openJournal } from '../../../src/journal/journal.ts'
import { SupersededError } from '../../../src/journal/store.ts'
import { linesBefore } from '../../../src/journal/streams-before.ts'
import type { VirtualClock } from '../../../src/replay/virtual-clock.ts'
import { CallerMedia } from '../caller-media.ts'
import type { CallerSpeech } from '../caller-speech.ts'
import { Carrier } from '../carrier.ts'
import type { Chance } from '../chance.ts'
import type { Circumstances } from '../circumstances.ts'
import type { Evidence } from '../evidence.ts'
import { Ledger } from '../ledger.ts'
import { pipe } from '../network.ts'
import { standIns } from '../providers/stand-ins.ts'
import { tools } from '../providers/tools.ts'
import { watched } from '../watched-line.ts'
import type { BreakKind } from './breaks.ts'
import { type Server, silent } from './server.ts'
import type { Parts } from './several-streams.ts'

/** As the server gives them out. */
const IDS_PER_ATTEMPT = 1_000_000
const OVER = new Error('the call is over')

export interface StreamParts {
  readonly world: VirtualClock
  readonly callId: string
  readonly server: Server
  readonly attempt: number
  readonly circumstances: Circumstances
  readonly chance: Chance
  readonly callerSpeech: CallerSpeech
  /** How often each key has changed something. */
  readonly made: Map<string, number>
  readonly parts: Parts
  /** The stream has no carrier any more, and nobody has hung up. */
  readonly broken: () => void
}

/** What one stream leaves to be judged. */
export interface StreamEvidence extends Evidence {
  readonly attempt: number
  /** The name of its server. */
  readonly server: string
  /** When its journal was closed: written, or left to be written late. */
  readonly keptMs: number | undefined
  /** The store was away, as far as this server knew: it has left the end to be written later. */
  readonly isLeft: boolean
  /** The committed lines that it went on from. */
  readonly before: readonly JournalLine[]
  /** How it was ended from outside; undefined where it was not. */
  readonly brokenBy: BreakKind | undefined
  readonly wasKilled: boolean
  /** When the carrier opened it. */
  readonly dialledMs: number
}

export type HeldStream = NonNullable<Awaited<ReturnType<typeof openStream>>>

/**
 * One media stream at one server: its pass is taken, the journal before it is read, and the conversation is held, with the same
 * parts as `answer.ts`. Undefined where the pass was refused.
 */
export async function openStream(given: StreamParts) {
  const { world, callId, server, attempt, circumstances, chance, callerSpeech, made, parts, broken } = given
  const { clock, store } = server
  const streamSid = `MZsimulated${attempt}`
  const dialledMs = world.now()
  // As the media route does: the stream before comes to its end first.
  server.live.get(callId)?.line.lost('the call has another stream')
  await server.held.get(callId)
  if (!(await clock.whileAlive(store.takePass(callId, attempt, clock.wallTime())))) return undefined
  const ledger = new Ledger()
  const down = pipe(circumstances.toCarrier, chance.branch('down'))
  const up = pipe(circumstances.toServer, chance.branch('up'))
  const { policy } = circumstances
  const startMs = clock.now()
  const providers = standIns(
    circumstances,
    clock,
    () => media,
    ledger,
    chance,
    attempt > 1 ? `call-${attempt}` : 'call',
  )
  // Tools are servers of their own: what has reached them goes on without whoever asked.
  const run = tools(circumstances.tools, world, ledger, chance.branch('tools'), made)
  const toolSet = { ...run, run: (...asked: Parameters<typeof run.run>) => clock.whileAlive(run.run(...asked)) }
  const before = attempt > 1 ? await linesBefore(store, callId, silent, toolSet, clock.wallTime()) : []
  const first = begin(policy, 0, circumstances.greets, (attempt - 1) * IDS_PER_ATTEMPT)
  const fresh = { turn: first, history: [] }
  const { language } = receptionist
  const state = parts.stateAfter(before, fresh, policy, undefined, language, callId, silent)

  const lines: string[] = []
  const committed: number[] = []
  const speechOf = new Map<string, number>()
  const closed: Next[] = []
  let isOpen = true
  let brokenBy: BreakKind | undefined
  let sentAfterwards = 0
  let leftMs = Number.POSITIVE_INFINITY
  let live: ConversationState | undefined
  let error: unknown
  let overMs: number | undefined
  let keptMs: number | undefined
  let isLeft = false
  const callScope = scopeOf(new AbortController().signal)

  const written = await openJournal({
    ...{ callId, attempt, clock, startMs },
    store: {
      commit: store.commit,
      later(left) {
        isLeft = true
        store.later(left)
      },
    },
    file: join(server.dataDir, 'calls', callId, 'journal.jsonl'),
    afterSeq: before.at(-1)?.seq ?? (attempt - 1) * IDS_PER_ATTEMPT,
    onSuperseded: why => callScope.abort(why),
    onLine(line) {
      lines.push(JSON.stringify(line))
      if (!isOpen || !('input' in line) || line.input.kind !== 'reply-sounding') return
      const last = carrier.frames.at(-1)
      if (last) speechOf.set(`${line.input.reply}:${line.input.part}`, last.speech)
    },
  })
  const journal: CallJournal = {
    append: line => written.append(line),
    async commit(signal) {
      const count = lines.length
      try {
        await written.commit(signal)
        committed.push(count)
      } catch (error) {
        // The store of this call fails on purpose.
        const isMeant =
          circumstances.storeFaults.length > 0 && (isAway(error) || /took|longer|within/.test(String(error)))
        if (isMeant || error instanceof SupersededError)
          throw new Error(`simulated: ${String(error)}`, { cause: error })
        throw error
      }
    },
  }

  const toServer = (message: StreamMessage): void => {
    if (!isOpen) return
    world.at(world.awakeAt(up.arrival(world.now())), () => {
      if (clock.isAlive) line.receive(message)
    })
  }
  const carrier = new Carrier({
    clock: world,
    streamSid,
    chance: chance.branch('carrier'),
    traits: circumstances.carrier,
    arrival: down.arrival.bind(down),
    journalLines: () => lines.length,
    send: toServer,
  })

  /** The carrier has no stream any more from here on. */
  function end(atMs: number): void {
    leftMs = Math.min(leftMs, world.now())
    carrier.end(atMs)
    isOpen = false
  }

  async function giveUp(next: Next | undefined): Promise<void> {
    closed.push(next ?? 'unavailable')
    if (next) await store.keepNext(callId, next, attempt).catch(() => undefined)
    if (!isOpen) return
    end(down.arrival(clock.now()))
    broken()
  }

  const line: PhoneLine = phoneLine({
    streamSid,
    clock,
    recorder: {
      caller: () => undefined,
      agent: () => undefined,
      moveAgent: () => undefined,
      cutAgent: () => undefined,
    },
    note(note) {
      if (note.kind !== 'frame-late' && note.kind !== 'out-of-place') journal.append({ noted: note })
    },
    send(message) {
      if (overMs !== undefined) sentAfterwards++
      if (isOpen) carrier.receive(message)
    },
    giveUp,
  })
  const media = new CallerMedia({
    clock: world,
    streamSid,
    startMs,
    chance: chance.branch('media'),
    traits: circumstances.media,
    callerSpeech,
    carrier,
    ledger,
    send: toServer,
  })
  server.live.set(callId, { line, attempt })

  async function hold(): Promise<void> {
    try {
      live = await converse(
        {
          ...{ callId, owner: 'ann', channelName: 'phone', agent: receptionist, policy, clock, startMs },
          ...{ ...providers, tools: toolSet, journal, state },
          afterSeq: state.history.length > 0 ? (before.at(-1)?.seq ?? 0) : 0,
          channel: watched(line, clock, ledger),
        },
        callScope.signal,
      )
    } catch (thrown) {
      error = thrown
    }
    overMs = world.now()
    callScope.abort(OVER)
    await written.close()
    keptMs = world.now()
    if (server.live.get(callId)?.line === line) server.live.delete(callId)
  }
  const over = hold()
  server.held.set(callId, over)

  return {
    ...{ attempt, server, carrier, media, line, over, startMs, dialledMs, ledger },
    isOpen: () => isOpen,
    key: (digit: string) => toServer({ event: 'dtmf', streamSid, dtmf: { digit } }),
    hangUp(): void {
      toServer({ event: 'stop', streamSid })
      end(world.now())
    },
    /** From outside: the carrier's end of the stream is gone. */
    breakOff(by: BreakKind): void {
      brokenBy ??= by
      end(world.now())
    },
    tellBroken(by: BreakKind): void {
      brokenBy ??= by
    },
    /** The system closes the file of a process that is killed; what it has besides is never read. */
    closeFile: () => void written.close(),
    stop: (why: Error) => callScope.abort(why),
    evidence(): StreamEvidence {
      const wasKilled = !clock.isAlive && overMs === undefined
      const open = wasKilled ? [] : [...ledger.open].map(([kind, count]) => [`open: ${kind}`, count] as const)
      return {
        ...{
          circumstances,
          agent: receptionist,
          startMs,
          carrier,
          ledger,
          callerSpeech,
          speechOf,
          error,
          overMs,
          leftMs,
        },
        ...{ attempt, server: server.name, keptMs, isLeft, before, brokenBy, wasKilled, closed, dialledMs },
        journal: { lines, committed },
        history: state.history,
        lines: lines.map((text): JournalLine => JSON.parse(text)),
        state: live,
        leftovers: {
          ...Object.fromEntries(open),
          'messages sent afterwards': sentAfterwards,
          'listeners on the call': wasKilled ? 0 : getEventListeners(callScope.signal, 'abort').length,
        },
        stalledMs: Math.max(up.stalledMs, down.stalledMs),
        woken: 0,
      }
    },
  }
}
