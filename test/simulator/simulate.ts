import { getEventListeners } from 'node:events'
import { receptionist } from '../../src/agents/built-in.ts'
import { phoneLine } from '../../src/channels/phone/channel.ts'
import type { StreamMessage } from '../../src/channels/phone/messages.ts'
import { converse } from '../../src/conversation/conversation.ts'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import type { Next } from '../../src/conversation/ports.ts'
import type { ConversationState } from '../../src/conversation/state.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { VirtualClock } from '../../src/replay/virtual-clock.ts'
import { anyCaller } from './caller.ts'
import { CallerMedia } from './caller-media.ts'
import { CallerSpeech } from './caller-speech.ts'
import { Carrier } from './carrier.ts'
import { chanceOf } from './chance.ts'
import { circumstancesOf } from './circumstances.ts'
import type { Evidence } from './evidence.ts'
import { SimulatedJournal } from './journal.ts'
import { Ledger } from './ledger.ts'
import { pipe } from './network.ts'
import { standIns } from './providers/stand-ins.ts'
import { watched } from './watched-line.ts'

const STREAM = 'MZsimulated'
/** No call may take longer than this. */
const MOST_MS = 180_000
/** How long the call is watched after its end. */
const WATCH_AFTER_END_MS = 25_000
/** A call never needs more listeners than this on a signal that lasts for the whole call. */
const MOST_LISTENERS = 60
const LATE_MS = 20

/** Simulates one call in virtual time, determined by the seed alone. */
export async function simulate(seed: number): Promise<Evidence> {
  const circumstances = circumstancesOf(seed)
  const chance = chanceOf(seed).branch('course')
  const lateness = chance.branch('clock')
  const clock = new VirtualClock({
    lateMs: () => lateness.between(0, 1.5),
    stalls: circumstances.stalls,
    // Nothing in a simulated call touches a socket or a disk.
    settled: () => new Promise(resolve => setImmediate(resolve)),
  })
  const ledger = new Ledger()
  const callerSpeech = new CallerSpeech()
  const server = new AbortController()
  const startMs = clock.now()
  const speechOf = new Map<string, number>()
  const closed: Next[] = []
  const down = pipe(circumstances.toCarrier, chance.branch('down'))
  const up = pipe(circumstances.toServer, chance.branch('up'))
  let isOpen = true
  let sentAfterwards = 0

  const journal = new SimulatedJournal(circumstances.commits, clock, startMs, ledger, chance.branch('journal'), onLine)

  /** When a part of a reply starts to sound, the frame that was sent last belongs to it. */
  function onLine(line: Line): void {
    if (!isOpen || !('input' in line) || line.input.kind !== 'reply-sounding') return
    const last = carrier.frames.at(-1)
    if (last) speechOf.set(`${line.input.reply}:${line.input.part}`, last.speech)
    for (const signal of ledger.lifeSignals)
      if (getEventListeners(signal, 'abort').length > MOST_LISTENERS) ledger.broken.push('listeners collect')
  }

  /** Delivers a message to the server after the network delay, when its event loop runs. */
  const toServer = (message: StreamMessage): void => {
    if (!isOpen) return
    clock.at(clock.awakeAt(up.arrival(clock.now())), () => line.receive(message))
  }
  const carrier = new Carrier({
    clock,
    streamSid: STREAM,
    chance: chance.branch('carrier'),
    traits: circumstances.carrier,
    arrival: down.arrival.bind(down),
    journalLines: () => journal.lines.length,
    send: toServer,
  })

  /** The server closes the socket, and the carrier goes on with the next instruction. */
  async function giveUp(next: Next | undefined): Promise<void> {
    closed.push(next ?? 'unavailable')
    await clock.sleep(chance.between(0, 20), new AbortController().signal)
    if (isOpen) carrier.end(down.arrival(clock.now()))
    isOpen = false
    line.lost('the line closed')
  }

  const line = phoneLine({
    streamSid: STREAM,
    clock,
    recorder: {
      caller: () => undefined,
      agent: () => undefined,
      moveAgent: () => undefined,
      cutAgent: () => undefined,
    },
    note(note) {
      if (note.kind !== 'frame-late') ledger.count(`line: ${note.kind}`)
      else if (note.lateMs > LATE_MS) ledger.count('line: frames over 20 ms late')
      if (note.kind !== 'frame-late' && note.kind !== 'out-of-place') journal.append({ noted: note })
    },
    send(message) {
      if (overMs !== undefined) sentAfterwards++
      if (isOpen) carrier.receive(message)
    },
    giveUp,
  })

  const media = new CallerMedia({
    clock,
    streamSid: STREAM,
    startMs,
    chance: chance.branch('media'),
    traits: circumstances.media,
    callerSpeech,
    carrier,
    ledger,
    send: toServer,
  })
  const caller = anyCaller({
    chance: chance.branch('caller'),
    callerSpeech,
    carrier,
    ledger,
    now: () => clock.now(),
    at: (atMs, act) => clock.quietlyAt(atMs, act),
    key: digit => toServer({ event: 'dtmf', streamSid: STREAM, dtmf: { digit } }),
  })

  let leftMs = Number.POSITIVE_INFINITY
  function leave(): void {
    if (!isOpen || leftMs < Number.POSITIVE_INFINITY) return
    leftMs = clock.now()
    ledger.count(`end: ${circumstances.end}`)
    switch (circumstances.end) {
      case 'hangs up':
        toServer({ event: 'stop', streamSid: STREAM })
        break
      case 'socket drops':
        clock.at(clock.awakeAt(clock.now()), () => line.lost('the socket closed'))
        break
      case 'goes quiet':
        break
      case 'server stops':
        server.abort(new Error('the server is closing'))
        return
    }
    carrier.end(clock.now())
    isOpen = false
  }

  function sendMedia(): void {
    if (!isOpen) return
    media.next()
    caller.tick()
    clock.quietlyAt(media.dueMs, sendMedia)
  }

  let state: ConversationState | undefined
  let error: unknown
  let overMs: number | undefined
  if (circumstances.stopMs !== undefined) {
    clock.at(startMs + circumstances.stopMs, () => {
      leftMs = Math.min(leftMs, clock.now())
      ledger.count('end: server stops at any moment')
      server.abort(new Error('the server is closing'))
    })
  }
  clock.at(startMs + circumstances.endMs, leave)
  clock.quietlyAt(media.dueMs, sendMedia)
  converse(
    {
      callId: `call-${seed}`,
      owner: 'ann',
      channelName: 'phone',
      agent: receptionist,
      policy: circumstances.policy,
      clock,
      startMs,
      channel: watched(line, clock, ledger),
      ...standIns(circumstances, clock, () => media, ledger, chance),
      journal,
      state: { turn: begin(circumstances.policy, 0, circumstances.greets), history: [] },
    },
    server.signal,
  ).then(
    result => {
      state = result
      overMs = clock.now()
    },
    thrown => {
      error = thrown
      overMs = clock.now()
    },
  )
  await clock.run(() => overMs !== undefined, startMs + MOST_MS)
  const lines = journal.lines.length
  const leftovers: Record<string, number> = {
    sleepers: clock.sleepers,
    'listeners on the server': getEventListeners(server.signal, 'abort').length,
    ...Object.fromEntries([...ledger.open].map(([kind, count]) => [`open: ${kind}`, count])),
  }
  await clock.run(() => false, clock.now() + WATCH_AFTER_END_MS)
  leftovers['lines written afterwards'] = journal.lines.length - lines
  leftovers['messages sent afterwards'] = sentAfterwards
  leftovers['sleepers afterwards'] = clock.sleepers
  return {
    circumstances,
    agent: receptionist,
    startMs,
    journal,
    history: [],
    lines: journal.lines.map((text): JournalLine => JSON.parse(text)),
    carrier,
    ledger,
    callerSpeech,
    speechOf,
    state,
    error,
    overMs,
    leftMs,
    closed,
    leftovers,
    stalledMs: Math.max(up.stalledMs, down.stalledMs),
    woken: clock.woken,
  }
}
