import type { AgentDefinition } from './agents/author/agent.ts'
import type { Settings } from './config.ts'
import type { SpeechToText } from './conversation/ports.ts'
import type { Policy } from './conversation/turn/turn.ts'

const PATIENCE = {
  phone: { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
  quick: { shortMs: 250, middleMs: 800, longMs: 2_000, finalMs: 0 },
} as const

/** The agent's voice while somebody speaks over it. */
const VOICES = { steady: 'ducked', snappy: 'held' } as const

/** How turns are taken, by the settings. */
export const policyOf = (
  settings: Pick<Settings, 'PATIENCE' | 'BARGE_IN' | 'MAX_CALL_MINUTES' | 'TRANSFER_NUMBER'>,
): Policy => ({
  patience: PATIENCE[settings.PATIENCE],
  bargeIn: { voice: VOICES[settings.BARGE_IN], speechMs: 640, backChannelMs: 1_500 },
  idleMs: 10_000,
  deadAirMs: 4_000,
  draftsPerTurn: 3,
  limitMs: settings.MAX_CALL_MINUTES * 60_000,
  limitNoticeMs: 120_000,
  canTransfer: settings.TRANSFER_NUMBER !== undefined,
})

/** A token is about four letters. */
const LETTERS_A_TOKEN = 4
const ANSWER_TOKENS = 150
/** What waits is interpreted together, and may become longer in another language. */
const INTERPRETED_TOKENS = 750

/** The policy of the settings as the agent that answers wants it. */
export function policyFor(
  { policy: own, limits, interprets }: Pick<AgentDefinition, 'policy' | 'limits' | 'interprets'>,
  policy: Policy,
): Policy {
  const { patience, bargeIn, draft } = own ?? {}
  return {
    ...policy,
    mostLetters: LETTERS_A_TOKEN * (limits?.answerTokens ?? (interprets ? INTERPRETED_TOKENS : ANSWER_TOKENS)),
    ...(patience && { patience: PATIENCE[patience] }),
    ...(bargeIn && { bargeIn: { ...policy.bargeIn, voice: VOICES[bargeIn] } }),
    ...(draft === false && { draftsPerTurn: 0 }),
    // There is nothing to draft for who speaks, and who wants a person has one.
    ...(interprets && { interprets: true, draftsPerTurn: 0, canTransfer: false }),
  }
}

/** Where words surely become final, the turn waits for that: interim words may be other words. */
export const heardBy = (policy: Policy, { finalWithinMs = 0 }: SpeechToText): Policy => ({
  ...policy,
  patience: { ...policy.patience, finalMs: Math.max(policy.patience.finalMs, finalWithinMs) },
})
