import type { Entry } from '../../conversation/history.ts'
import { isEvent, type JournalLine } from '../../conversation/lines.ts'
import { restore } from '../../conversation/restore.ts'
import type { Reply, Turn, TurnEvent } from '../../conversation/turn/turn.ts'
import type { Utterance } from '../../conversation/turn/utterance.ts'
import { outcomeOf } from '../../journal/outcome.ts'
import { languageOf } from '../../languages/languages.ts'
import type { Span } from '../ringing/voiced-spans.ts'
import type { CallEvent } from '../twilio/call-event.ts'

/** A turn of the caller's, as the server's history has it. `keys`: what was keyed in it, in words, such as "pressed 4 2". */
export interface HistoryTurn extends Span {
  readonly text: string
  readonly keys: string
}

/** A transcript as it came. `text`: of all since the last final one. */
export interface HeardWords {
  readonly atMs: number
  readonly text: string
  readonly final: boolean
}

/** What the server's journal tells of a call. All times are ms on the timeline of the carrier's recording. */
export interface JournalSide {
  readonly agent: string
  readonly turns: readonly HistoryTurn[]
  readonly words: readonly HeardWords[]
  /** Where the server heard a voice. */
  readonly voice: readonly Span[]
  readonly keys: readonly { readonly atMs: number; readonly key: string }[]
  /** From a reply's first sound until it was heard to its end, or cut; pauses in it count. */
  readonly replies: readonly Span[]
  readonly toolsCalledMs: readonly number[]
  readonly tools: readonly string[]
  readonly bargeIns: number
  /** The agent was about to end the call, or did. */
  readonly isFarewell: boolean
}

/**
 * Reads a call's journal; undefined where there is none. The server counts from the beginning of each stream, and
 * `events` tell when that was. Throws as `outcomeOf` does.
 */
export function journalSide(lines: readonly JournalLine[], events: readonly CallEvent[]): JournalSide | undefined {
  const began = lines.find(line => 'started' in line)
  if (!began) return undefined
  const language = languageOf(began.started.language)
  const { tools, bargeIns } = outcomeOf(lines, language)
  const { history } = restore(lines, language)
  const { answered, inputs, lastReply } = timed(lines, events)
  const turns = history.flatMap(({ exchange, message }: Entry): readonly HistoryTurn[] => {
    const said = answered.get(exchange)
    if (message.role !== 'caller' || !said) return []
    const keys = said.digits === '' ? '' : `${language.pressed} ${[...said.digits].join(' ')}`
    return [{ text: message.text, keys, startMs: said.startMs, endMs: said.endMs }]
  })
  return {
    agent: began.started.agent,
    turns,
    words: inputs.flatMap(({ atMs, input }) =>
      input.kind === 'words' ? [{ atMs, text: input.text, final: input.final }] : [],
    ),
    voice: voiceIn(inputs),
    keys: inputs.flatMap(({ atMs, input }) => (input.kind === 'digit' ? [{ atMs, key: input.digit }] : [])),
    replies: repliesIn(inputs),
    toolsCalledMs: inputs.flatMap(({ atMs, input }) => (input.kind === 'tool-called' ? [atMs] : [])),
    tools,
    bargeIns,
    isFarewell: lastReply?.afterwards === 'hang-up',
  }
}

type Timed = { readonly atMs: number; readonly offsetMs: number; readonly input: TurnEvent }
type Said = Span & { readonly digits: string }

function timed(lines: readonly JournalLine[], events: readonly CallEvent[]) {
  const streams = events.flatMap(event => (event.kind === 'stream-started' ? [event.atMs] : []))
  const answered = new Map<number, Said>()
  const inputs: Timed[] = []
  let attempts = 0
  let offsetMs = 0
  let before: Turn | undefined
  let lastReply: Reply | undefined
  for (const line of lines) {
    if ('started' in line) {
      offsetMs = streams[attempts++] ?? offsetMs
      before = line.started.turn
    } else if ('decided' in line && line.decided.kind === 'turn') {
      const { turn } = line.decided
      const said = answeredBy(turn, before)
      if (turn.kind === 'replying' && said && !answered.has(turn.reply.id)) {
        const { firstVoicedMs, lastVoicedMs, digits } = said
        answered.set(turn.reply.id, { startMs: firstVoicedMs + offsetMs, endMs: lastVoicedMs + offsetMs, digits })
      }
      if ('reply' in turn) lastReply = turn.reply
      before = turn
    } else if ('input' in line && isEvent(line.input)) {
      inputs.push({ atMs: line.atMs + offsetMs, offsetMs, input: line.input })
    }
  }
  return { answered, inputs, lastReply }
}

/** What the caller has said that this turn begins to answer; a phrase answers what was said in the turn before. */
function answeredBy(turn: Turn, before: Turn | undefined): Utterance | undefined {
  if (turn.kind !== 'replying') return undefined
  if (turn.reply.content.kind === 'answer') return turn.reply.content.to
  return before?.kind === 'hearing' || before?.kind === 'settling' ? before.utterance : undefined
}

function voiceIn(inputs: readonly Timed[]): readonly Span[] {
  const spans: Span[] = []
  let startMs: number | undefined
  for (const { offsetMs, input } of inputs) {
    if (input.kind === 'speech-start') startMs = input.firstVoicedMs + offsetMs
    if (input.kind !== 'speech-end' || startMs === undefined) continue
    spans.push({ startMs, endMs: input.lastVoicedMs + offsetMs })
    startMs = undefined
  }
  return startMs === undefined ? spans : [...spans, { startMs, endMs: Number.POSITIVE_INFINITY }]
}

function repliesIn(inputs: readonly Timed[]): readonly Span[] {
  const sounding = new Map<number, number>()
  return inputs.flatMap(({ atMs, input }) => {
    if (input.kind === 'reply-sounding' && !sounding.has(input.reply)) sounding.set(input.reply, atMs)
    const isOver = input.kind === 'reply-done' || (input.kind === 'heard' && input.cut)
    const startMs = isOver ? sounding.get(input.reply) : undefined
    return startMs === undefined ? [] : [{ startMs, endMs: atMs }]
  })
}
