import type { JournalLine } from '../conversation/lines.ts'
import type { Phrase, Turn } from '../conversation/turn/turn.ts'
import { outcomeOf } from '../records/summary.ts'
import type { Observation } from './table.ts'

/** How a call ended, how long it was, how good its line was, and what of its record was lost. */
export function ends(call: {
  readonly agent: string
  readonly channel: string
}): (line: JournalLine) => readonly Observation[] {
  const { agent, channel } = call
  let turn: Turn | undefined
  let phrase: Phrase | undefined

  function turned(to: Turn): void {
    turn = to
    if (to.kind === 'replying' || to.kind === 'yielding')
      phrase = to.reply.content.kind === 'phrase' ? to.reply.content.phrase : undefined
  }

  return line => {
    if ('started' in line) turned(line.started.turn)
    if ('decided' in line && line.decided.kind === 'turn') turned(line.decided.turn)
    if ('used' in line && line.used.kind === 'carrier-seconds')
      return [
        { metric: 'calls_total', labels: { outcome: outcomeOf(turn, phrase), channel, agent }, value: 1 },
        { metric: 'call_seconds', labels: { channel }, value: line.used.seconds },
      ]
    if (!('noted' in line)) return []
    switch (line.noted.kind) {
      case 'line-quality':
        return qualityIn(line.noted, channel)
      case 'lines-lost':
        return lost('lines', line.noted.lines)
      case 'recording-lost':
        return lost('recording', 1)
      default:
        return []
    }
  }
}

type Note = Extract<JournalLine, { noted: unknown }>['noted']

/** Loss and jitter are those of the way from the caller to here: the other way nobody tells. */
function qualityIn({ leg, mos, lossPercent, jitterMs }: Note, channel: string): readonly Observation[] {
  const told: Observation[] = []
  if (isNumber(mos)) told.push({ metric: 'quality_mos', labels: { leg: String(leg) }, value: mos })
  if (leg !== 'caller') return told
  if (isNumber(lossPercent)) told.push({ metric: 'line_loss_ratio', labels: { channel }, value: lossPercent / 100 })
  if (isNumber(jitterMs)) told.push({ metric: 'line_jitter_seconds', labels: { channel }, value: jitterMs / 1_000 })
  return told
}

const lost = (what: string, count: unknown): readonly Observation[] => [
  { metric: 'records_lost_total', labels: { what }, value: isNumber(count) ? count : 1 },
]

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
