import { quantile } from '../../src/compare/quantile.ts'
import type { ProfileName } from '../../src/sandbox/delays.ts'
import type { Overlap } from './overlaps.ts'

/** The server's settings and the number of simultaneous calls. */
export interface Setting {
  readonly calls: number
  readonly profile: ProfileName
  readonly patience: 'phone' | 'quick'
  readonly bargeIn: 'steady' | 'snappy'
}

/** The measurements. Arrays are empty for what was not measured. */
export interface Measured {
  /** Waiting times after complete turns. */
  readonly completeMs: readonly number[]
  /** Complete turns that were not answered, or that were spoken over. */
  readonly unanswered: number
  readonly savedMs: readonly number[]
  readonly draftsWasted: number
  readonly toolMs: readonly number[]
  readonly overlaps: readonly Overlap[]
  /** The number of all turns. */
  readonly turns: number
  readonly spokenOver: number
}

/** One row of the table. Without a target it is only shown. */
export interface Row {
  readonly name: string
  readonly of: number
  readonly value: string
  readonly target: string
  readonly isMet: boolean | undefined
}

interface Limits {
  readonly latency: { readonly p50Ms: number; readonly p95Ms: number } | undefined
  readonly downMs: number | undefined
  readonly silentMs: number
}

const LONG_WAIT_MS = 1_200
const MOST_LONG_WAITS = 0.04
const LEAST_SAVED_MS = 150
const MOST_WASTED = 0.6
const MOST_TOOL_MS = 1_200
const LEAST_WENT_ON = 0.95
const LEAST_STOPPED = 0.99
const MOST_SPOKEN_OVER = 0.05

function limitsOf({ profile, patience, bargeIn }: Setting): Limits {
  const barge = bargeIn === 'steady' ? { downMs: 250, silentMs: 700 } : { downMs: undefined, silentMs: 250 }
  if (profile === 'peer' && patience === 'phone') return { ...barge, latency: { p50Ms: 700, p95Ms: 1_000 } }
  if (profile !== 'fast') return { ...barge, latency: undefined }
  return { ...barge, latency: patience === 'quick' ? { p50Ms: 420, p95Ms: 700 } : { p50Ms: 560, p95Ms: 800 } }
}

const ms = (value: number): string => `${value.toFixed(0)} ms`
const percent = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(1)} %`

/** The rows of one setting, judged by the project's targets. */
export function rowsOf(setting: Setting, measured: Measured): readonly Row[] {
  return [...turnRows(setting, measured), ...overlapRows(setting, measured), ...overRows(measured)]
}

function turnRows(setting: Setting, measured: Measured): readonly Row[] {
  const { completeMs, unanswered, savedMs, draftsWasted, toolMs } = measured
  const turns = completeMs.length + unanswered
  if (turns === 0) return []
  const { latency } = limitsOf(setting)
  const [p50, p95] = [quantile(completeMs, 0.5), quantile(completeMs, 0.95)]
  const waits = completeMs.filter(waitMs => waitMs > LONG_WAIT_MS).length + unanswered
  const saved = quantile(savedMs, 0.5)
  const tool = quantile(toolMs, 0.95)
  // Drafts and tools have targets only with fast providers.
  const isFast = setting.profile === 'fast' && setting.patience === 'phone'
  const row = (name: string, of: number, value: string, target: string, isMet: boolean): Row =>
    target === '' ? { name, of, value, target, isMet: undefined } : { name, of, value, target, isMet }
  return [
    row(
      'latency, complete turns, p50 / p95',
      turns,
      `${p50.toFixed(0)} / ${ms(p95)}`,
      latency ? `≤ ${latency.p50Ms} / ≤ ${ms(latency.p95Ms)}` : '',
      latency !== undefined && p50 <= latency.p50Ms && p95 <= latency.p95Ms,
    ),
    row(
      'complete turns kept waiting over 1.2 s',
      turns,
      percent(waits, turns),
      setting.patience === 'phone' ? '≤ 4 %' : '',
      waits <= MOST_LONG_WAITS * turns,
    ),
    row(
      'saved by drafts, p50',
      savedMs.length,
      ms(saved),
      isFast ? `≥ ${ms(LEAST_SAVED_MS)}` : '',
      saved >= LEAST_SAVED_MS,
    ),
    row(
      'more model calls, by drafts thrown away',
      turns,
      percent(draftsWasted, turns),
      isFast ? '≤ 60 %' : '',
      draftsWasted <= MOST_WASTED * turns,
    ),
    row(
      'tool turns: first sound, p95',
      toolMs.length,
      ms(tool),
      isFast ? `≤ ${ms(MOST_TOOL_MS)}` : '',
      tool <= MOST_TOOL_MS,
    ),
  ]
}

function overlapRows(setting: Setting, { overlaps }: Measured): readonly Row[] {
  if (overlaps.length === 0) return []
  const { downMs, silentMs } = limitsOf(setting)
  const of = (...kinds: readonly Overlap['kind'][]): readonly Overlap[] =>
    overlaps.filter(({ kind }) => kinds.includes(kind))
  const stopping = of('interrupts', 'sign first', 'wordless')
  const going = of('sign', 'noise', 'echo')
  const timed = stopping.filter(({ onSpeakerphone }) => !onSpeakerphone)
  // After "okay" only the next word shows an interruption, so until then the voice is rightly only turned down.
  const atOnce = timed.filter(({ kind }) => kind !== 'sign first')
  const loud = stopping.filter(({ onSpeakerphone }) => onSpeakerphone)
  const times = (some: readonly Overlap[], pick: 'downMs' | 'silentMs'): readonly number[] =>
    some.flatMap(({ yielded }) => yielded?.[pick] ?? [])
  const yields = (name: string, some: readonly Overlap[], pick: 'downMs' | 'silentMs', most?: number): Row => {
    const [p50, p95] = [quantile(times(some, pick), 0.5), quantile(times(some, pick), 0.95)]
    const value = some.length === 0 ? '–' : `${p50.toFixed(0)} / ${ms(p95)}`
    const target = most === undefined ? '' : `p95 ≤ ${ms(most)}`
    return { name, of: some.length, value, target, isMet: most === undefined ? undefined : p95 <= most }
  }
  const share = (name: string, some: readonly Overlap[], least?: number): Row => {
    const right = some.filter(({ isRight }) => isRight).length
    const value = some.length === 0 ? '–' : percent(right, some.length)
    const target = least === undefined ? '' : `≥ ${(least * 100).toFixed(0)} %`
    return {
      name,
      of: some.length,
      value,
      target,
      isMet: least === undefined ? undefined : right >= least * some.length,
    }
  }
  return [
    yields('interrupted: 12 dB down, p50 / p95', timed, 'downMs', downMs),
    yields('interrupted: silent, p50 / p95', atOnce, 'silentMs', silentMs),
    yields('  by words', ofKind(timed, 'interrupts'), 'silentMs'),
    yields('  by a voice without words', ofKind(timed, 'wordless'), 'silentMs'),
    yields('  over a speakerphone', loud, 'silentMs'),
    yields('signs first: silent, p50 / p95', ofKind(timed, 'sign first'), 'silentMs'),
    share('went on over signs, noises and echoes', going, LEAST_WENT_ON),
    share('  signs of listening', of('sign')),
    share('  coughs, doors, clicks', of('noise')),
    share('  echoes', of('echo')),
    share('stopped by interruptions', stopping, LEAST_STOPPED),
    share('  over a speakerphone', loud),
  ]
}

const ofKind = (some: readonly Overlap[], kind: Overlap['kind']): readonly Overlap[] =>
  some.filter(overlap => overlap.kind === kind)

function overRows({ turns, spokenOver }: Measured): readonly Row[] {
  const isMet = spokenOver <= MOST_SPOKEN_OVER * turns
  return [{ name: 'turns spoken over', of: turns, value: percent(spokenOver, turns), target: '≤ 5 %', isMet }]
}
