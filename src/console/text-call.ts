import type { AgentsWithTools } from '../agent-tools.ts'
import { agentsFor } from '../conversation/agent.ts'
import { converse } from '../conversation/conversation.ts'
import { type CallJournal, isEvent, JOURNAL_VERSION, type JournalLine } from '../conversation/lines.ts'
import type { Clock, LanguageModel, TurnEnd } from '../conversation/ports.ts'
import { spokenBy } from '../conversation/spoken.ts'
import { advance, type ConversationState } from '../conversation/state.ts'
import { begin } from '../conversation/turn/enter.ts'
import { onLineOf } from '../conversation/turn/languages.ts'
import type { Policy, Turn } from '../conversation/turn/turn.ts'
import { agentsVoice } from '../testing/agents-voice.ts'
import { TYPED_RATE_HZ, typedLine } from './typed-line.ts'

export interface TextCallParts {
  readonly clock: Clock
  readonly agents: AgentsWithTools
  /** The name of the agent that greets. */
  readonly first: string
  readonly policy: Policy
  readonly modelFor: (language: string, signal: AbortSignal) => LanguageModel
  readonly turnEnd: TurnEnd
  readonly onHeard: (heard: string, isOver: boolean) => void
  readonly onLine: (line: JournalLine) => void
  /** Is told of each turn; the first is `listening` when the greeting is over. */
  readonly onTurn: (turn: Turn) => void
}

export interface TextCall {
  typed(text: string): void
  hangUp(): void
  /** Resolves when the conversation is over; rejects when it breaks. */
  readonly over: Promise<void>
}

/** Somebody who types may think for as long as they like. */
const HOUR_MS = 3_600_000

/** Holds a conversation by text in real time: the same core, tools and model as on the telephone, with a silent voice. */
export async function textCall(parts: TextCallParts, signal: AbortSignal): Promise<TextCall> {
  const { clock, agents, policy: usual, onLine, onTurn } = parts
  const startMs = clock.now()
  const ofCall = agentsFor(agents.ofCall(parts.first), 'browser', () => [])
  const [agent] = ofCall
  const policy = { ...agents.policyOf(agent.name, usual), idleMs: HOUR_MS, limitMs: 24 * HOUR_MS, canTransfer: false }
  const line = typedLine({ clock, startMs, onHeard: parts.onHeard })
  const spoken = { speechToText: line.speechToText, voice: agentsVoice(clock, TYPED_RATE_HZ) }
  const state: ConversationState = { turn: onLineOf(begin(policy, 0), ofCall), history: [] }
  const { language } = agent
  const callId = `console-${clock.wallTime().getTime()}`
  const held = converse(
    {
      ...{ agent, policy, clock, startMs, callId, state, ...spoken },
      ...{ owner: 'console', channelName: 'browser', channel: line.channel, voiceActivity: line.voiceActivity },
      ...{ tools: agents.tools, turnEnd: parts.turnEnd, model: parts.modelFor(language.code, signal) },
      spokenAs: await spokenBy(ofCall, async () => spoken),
      journal: followed(state, { policy, language }, () => clock.now() - startMs, { onLine, onTurn }),
    },
    signal,
  )
  return { typed: line.typed, hangUp: line.hangUp, over: held.then(() => undefined) }
}

/** A journal that nobody keeps: each line is told, and the turns that follow of them. */
function followed(
  first: ConversationState,
  rules: Parameters<typeof advance>[2],
  atMs: () => number,
  { onLine, onTurn }: Pick<TextCallParts, 'onLine' | 'onTurn'>,
): CallJournal {
  let state = first
  let seq = 0
  return {
    append(line) {
      const placed = { v: JOURNAL_VERSION, seq: ++seq, atMs: atMs(), ...line } as JournalLine
      onLine(placed)
      if (!('input' in placed) || !isEvent(placed.input)) return
      state = advance(state, placed.input, rules)
      onTurn(state.turn)
    },
    async commit() {
      // What is done here is tried out.
    },
  }
}
