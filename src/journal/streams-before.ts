import { carriedOn } from '../conversation/carried-on.ts'
import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { MadeBefore, ToolSet } from '../conversation/ports.ts'
import { restore } from '../conversation/restore.ts'
import { begun, type ConversationState } from '../conversation/state.ts'
import { begin } from '../conversation/turn/enter.ts'
import { agentIn } from '../conversation/turn/hand-off.ts'
import type { Policy, Turn, TurnContext } from '../conversation/turn/turn.ts'
import type { Store } from './store.ts'

interface Warning {
  error(fields: object, message: string): void
}

const handedOffOf = ({ context: { handedOff } }: Turn): Pick<TurnContext, 'handedOff'> =>
  handedOff ? { handedOff } : {}

const languagesOf = ({ context: { languages } }: Turn): Pick<TurnContext, 'languages'> =>
  languages ? { languages } : {}

/**
 * A call that comes back goes on where its committed journal ends: after a transfer that nobody answered, or after its line
 * broke. One whose journal makes no sense begins anew.
 */
export function stateAfter(
  before: readonly JournalLine[],
  fresh: ConversationState,
  policy: Policy,
  left: TurnContext['budget'],
  language: Language,
  callId: string,
  log: Warning,
): ConversationState {
  try {
    if (before.length > 0) {
      const restored = restore(untilBreak(before), language)
      // The call's longest time is that of all its streams; the time of each begins anew.
      const lasts = before.filter(({ atMs }, i) => (before[i + 1]?.atMs ?? -1) < atMs)
      const usedMs = lasts.reduce((sum, { atMs }) => sum + atMs, 0)
      const { turn, history } = restored
      // Its line broke while a PIN was asked for.
      if (turn.kind === 'ended' && turn.next === 'unavailable' && history.length === 0) return fresh
      const isBack = turn.kind === 'ended' && turn.next === 'transfer'
      const first = isBack
        ? begin(policy, -usedMs, 'back', turn.context.ids, left)
        : carriedOn(restored, policy, -usedMs, left)
      return begun({ ...first, context: { ...first.context, ...languagesOf(turn), ...handedOffOf(turn) } }, restored)
    }
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal makes no sense: the call begins anew')
  }
  return fresh
}

/**
 * The lines without the end that the break itself has brought, where the server saw it. A call that comes back was not hung
 * up. What came after it is kept, such as the result of a change.
 */
function untilBreak(lines: readonly JournalLine[]): readonly JournalLine[] {
  const isEnd = (line: JournalLine): boolean =>
    'input' in line && (line.input.kind === 'lost' || line.input.kind === 'gone')
  const isLate = (line: JournalLine): boolean =>
    'input' in line && (line.input.kind === 'tool-result' || line.input.kind === 'heard')
  const at = lines.findLastIndex(line => 'started' in line || isEnd(line))
  const line = lines[at]
  return line && isEnd(line) ? [...lines.slice(0, at), ...lines.slice(at + 1).filter(isLate)] : lines
}

/** The committed lines of a call that comes back. Its tools are told what was made before. */
export async function linesBefore(
  store: Store,
  callId: string,
  log: Warning,
  tools: ToolSet,
  now: Date,
): Promise<readonly JournalLine[]> {
  try {
    const lines = (await store.linesOf(callId)).map(line => JSON.parse(line) as JournalLine)
    tools.remember?.(callId, madeBefore(lines, now))
    return lines
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal cannot be read: the call begins anew')
    return []
  }
}

/** The name of the agent with which a call began. */
export function firstAgent(lines: readonly JournalLine[]): string | undefined {
  const started = lines.find(line => 'started' in line)
  return started && 'started' in started ? started.started.agent : undefined
}

/** Of a call that the server has made itself: for which ringing, beside which call, in which language. */
export function rungBefore(
  lines: readonly JournalLine[],
): Partial<Record<'besideCallId' | 'language', string>> | undefined {
  const line = lines.find(line => 'noted' in line && line.noted.kind === 'rung-by-us')
  const text = (given: unknown) => (typeof given === 'string' ? given : undefined)
  if (!line || !('noted' in line)) return undefined
  const [besideCallId, language] = [text(line.noted.besideCallId), text(line.noted.language)]
  return { ...(besideCallId !== undefined && { besideCallId }), ...(language !== undefined && { language }) }
}

function madeBefore(lines: readonly JournalLine[], now: Date): readonly MadeBefore[] {
  const called = new Map<string, Pick<MadeBefore, 'agent' | 'call'>>()
  let startMs = 0
  let agent = ''
  return lines.flatMap(line => {
    if ('started' in line) {
      startMs = Date.parse(line.started.wallTime) - line.atMs
      agent = agentIn(line.started.turn.context, line.started.agent)
    }
    if (!('input' in line)) return []
    const { input } = line
    if (input.kind === 'tool-called') called.set(input.call.id, { agent, call: input.call })
    if (input.kind === 'hand-off') agent = input.agent
    const made = input.kind === 'tool-result' ? called.get(input.callId) : undefined
    return made && input.kind === 'tool-result'
      ? [{ ...made, result: input.result, agoMs: now.getTime() - startMs - line.atMs }]
      : []
  })
}
