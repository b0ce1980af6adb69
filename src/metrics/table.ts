import type { LabelValues } from './label-values.ts'
import {
  CHANNELS,
  DRAFTS,
  FAILURES,
  KINDS,
  LEGS,
  LOST,
  OUTCOMES,
  PROVIDERS,
  REFUSALS,
  STAGES,
  TOOL_OUTCOMES,
  VENDORS,
  VERDICTS,
  WASTE,
} from './label-values.ts'

/** One metric. Its name is `partyline_` and its key in the table; seconds and USD are its units. */
interface Definition {
  readonly kind: 'counter' | 'histogram' | 'gauge'
  readonly help: string
  readonly labels: Readonly<Record<string, LabelValues>>
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[]
}

/** Closer around what callers notice: 0.3 s to 2 s. */
const WAITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 6, 10]
const CALLS = [10, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200]
const LATENESS = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
/** Of the E-model's scale: 4 is good, 3.6 is fair, 3.1 is poor. */
const MOS = [1.5, 2, 2.5, 2.8, 3.1, 3.3, 3.6, 3.8, 4, 4.2, 4.4, 4.5]
const LOSS = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
const JITTER = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5]

/** Every metric of ours, told by a call's journal or by the server itself. docs/metrics.md is made of it. */
export const METRICS = {
  turn_seconds: {
    kind: 'histogram',
    help: 'Where the time of a turn goes. turn_end: from the last sound of the caller until the turn counts as ended; first_token: from there, or from the request, until the first text of the model; first_audio: from there until the first sound of the voice; mouth_to_ear: from the last sound of the caller until the first sound of the answer or of a filler is heard, by the first mark (is sent, where it is cut before); tool: one run; greeting: from the open line to the first sound.',
    labels: { stage: STAGES },
    buckets: WAITS,
  },
  provider_seconds: {
    kind: 'histogram',
    help: 'How long the first result of a request took. stt: from the last sound of the caller to the final words of it; llm: to the first text or tool call; tts: from the first clause to its first sound; sight: one look.',
    labels: { kind: KINDS, provider: PROVIDERS, model: 'models' },
    buckets: WAITS,
  },
  overlaps_total: {
    kind: 'counter',
    help: 'Sounds and keys of the caller over the voice of the agent, by what they were judged to be.',
    labels: { judged: VERDICTS },
  },
  drafts_total: {
    kind: 'counter',
    help: 'Answers that were begun before the turn of the caller had ended.',
    labels: { outcome: DRAFTS },
  },
  provider_failures_total: {
    kind: 'counter',
    help: 'Failures of providers that calls have met.',
    labels: { kind: KINDS, provider: PROVIDERS, reason: FAILURES },
  },
  provider_failovers_total: {
    kind: 'counter',
    help: 'Failures after which the call went on by itself: with the next provider of the settings, or, where there is none, with a new session of speech-to-text, with an answer that is made again, or with an apology from the disk. The label names the provider that failed.',
    labels: { kind: KINDS, provider: PROVIDERS },
  },
  provider_broken: {
    kind: 'gauge',
    help: 'Whether a provider fails in so many calls that new requests go to the next one of the settings: 1 until a probe finds that it works, otherwise 0.',
    labels: { kind: KINDS, provider: PROVIDERS },
  },
  calls_total: {
    kind: 'counter',
    help: 'Calls that are over, by how they ended. A call that comes back after a transfer counts again.',
    labels: { outcome: OUTCOMES, channel: CHANNELS, agent: 'agents' },
  },
  call_seconds: {
    kind: 'histogram',
    help: 'How long calls lasted.',
    labels: { channel: CHANNELS },
    buckets: CALLS,
  },
  active_calls: { kind: 'gauge', help: 'Calls that are held now.', labels: { channel: CHANNELS } },
  call_slots: { kind: 'gauge', help: 'Calls that this server takes at once: MAX_CALLS.', labels: {} },
  waiting_callers: { kind: 'gauge', help: 'Callers who wait for a slot (QUEUE_CALLS).', labels: {} },
  shedding_calls: {
    kind: 'gauge',
    help: 'Whether new calls are not taken because the event loop is late: 1 while that lasts, otherwise 0.',
    labels: {},
  },
  ready: {
    kind: 'gauge',
    help: 'Whether this server takes new calls now: 1, or 0 where /readyz says why not.',
    labels: {},
  },
  degraded: {
    kind: 'gauge',
    help: 'Whether calls are taken without something that they use, such as the database: 1, while /readyz names it, or 0.',
    labels: {},
  },
  refused_calls_total: {
    kind: 'counter',
    help: 'Calls that were not taken. full: all slots are in use, and nobody more can wait for one; late: the same, as the event loop was late; caller: too many calls of one number; stopping: the server shuts down; unsigned: a request that the carrier has not signed, which no caller made.',
    labels: { reason: REFUSALS },
  },
  tool_calls_total: {
    kind: 'counter',
    help: 'Calls of tools. asked: the caller is asked first; failed: it threw or took too long; what a tool itself says went wrong is done.',
    labels: { tool: 'tools', outcome: TOOL_OUTCOMES },
  },
  frame_late_seconds: {
    kind: 'histogram',
    help: 'How much later than its deadline each frame of 20 ms of the agent was sent. The line bridges 0.2 s.',
    labels: {},
    buckets: LATENESS,
  },
  event_loop_lag_seconds: {
    kind: 'gauge',
    help: 'How late the event loop was since it was asked last: the median, the 99th percentile and the most.',
    labels: { quantile: ['0.5', '0.99', '1'] },
  },
  cost_usd_total: {
    kind: 'counter',
    help: 'What calls cost at list prices, as soon as it is used; the line when it is closed.',
    labels: { vendor: VENDORS, agent: 'agents' },
  },
  cost_wasted_usd_total: {
    kind: 'counter',
    help: 'The part of the cost of which callers heard nothing. It is in the cost already.',
    labels: { what: WASTE },
  },
  quality_mos: {
    kind: 'histogram',
    help: 'The estimated opinion score of each leg of a call, 1 to 4.5.',
    labels: { leg: LEGS },
    buckets: MOS,
  },
  line_loss_ratio: {
    kind: 'histogram',
    help: 'The share of the sound of callers that was lost on its way here, of each call.',
    labels: { channel: CHANNELS },
    buckets: LOSS,
  },
  line_jitter_seconds: {
    kind: 'histogram',
    help: 'The jitter of the sound of callers, of each call.',
    labels: { channel: CHANNELS },
    buckets: JITTER,
  },
  records_lost_total: {
    kind: 'counter',
    help: 'What could not be kept of calls: lines of the journal, and recordings.',
    labels: { what: LOST },
  },
} as const satisfies Readonly<Record<string, Definition>>

export type MetricName = keyof typeof METRICS
type Labels<Name extends MetricName> = Readonly<Record<keyof (typeof METRICS)[Name]['labels'] & string, string>>

/** One value for one metric: added to a counter, or put into a histogram. Labels are as found; the registry bounds them. */
export type Observation = {
  readonly [Name in MetricName]: { readonly metric: Name; readonly labels: Labels<Name>; readonly value: number }
}[MetricName]
