import { LEAD_MS } from '../../src/channels/line/played-speech.ts'
import { quantile } from '../../src/compare/quantile.ts'
import { wordErrorRate, wordErrors } from '../../src/compare/word-errors.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { Story } from '../../src/journal/story.ts'
import { english } from '../../src/languages/english.ts'
import type { ProfileName } from '../../src/sandbox/delays.ts'
import { earsModel, TEST_MODELS_DIR } from '../models/ears-model.ts'
import { say } from './figures.ts'
import { type FinishedCall, gapsOf, isValid, type Load, openTestBed } from './load.ts'
import { localCaller, numbered } from './local-callers.ts'

/** What this machine does by itself: the ears alone, or the ears and the voice. */
export type LocalPart = 'ears' | 'ears and voice'

export interface LocalBench {
  readonly calls: number
  readonly turns: number
  readonly profile: ProfileName
  readonly part: LocalPart
}

/** Latency with everything local, for one call. */
const MOST_P50_MS = 800
const MOST_P95_MS = 1_200
/** A frame that is later than its own length. The carrier has `LEAD_MS` in hand: only what is later than that is heard. */
const LATE_MS = 20

/**
 * Rings callers of a neural voice, whom the local ears have to understand, until so many turns were answered. The server and
 * the processes of its ears and voice have both cores, the callers and stand-ins the second of them. Prints the figures;
 * false where a target is missed or the run is void.
 */
export async function benchLocal({ calls, turns, profile, part }: LocalBench, signal: AbortSignal): Promise<boolean> {
  await earsModel(signal)
  const script = await localCaller(signal)
  const env = {
    ...{ AGENT: 'task-manager', STT: 'local', MODELS_DIR: TEST_MODELS_DIR },
    ...(part === 'ears and voice' && { TTS: 'local' }),
  }
  const testBed = await openTestBed(profile, env, signal, {}, [])
  say(`Partyline bench, local ${part}: ${calls} at once, profile ${profile}. Warming up …`)
  await testBed.round(numbered(script, 1, 0))
  const all: FinishedCall[] = []
  const loads: Load[] = []
  for (let round = 1; all.flatMap(gapsOf).length < turns; round++) {
    const { finished, load } = await testBed.round(numbered(script, calls, round))
    all.push(...finished)
    loads.push(load)
    say(`  ${all.flatMap(gapsOf).length} turns …`)
    if (finished.flatMap(gapsOf).length === 0) throw new Error('nobody was answered')
  }
  const closed = await testBed.close()
  return report(calls, part, all, loads) && closed
}

function report(calls: number, part: LocalPart, all: readonly FinishedCall[], loads: readonly Load[]): boolean {
  const row = (name: string, values: readonly number[], digits = 0): void =>
    say(
      `${name.padEnd(44)} ${String(values.length).padStart(5)}  ${[0.5, 0.95, 0.99]
        .map(q => quantile(values, q).toFixed(digits).padStart(7))
        .join(' ')}  ms`,
    )
  const latencies = all.flatMap(({ lines }) => latenciesOf(lines))
  const gaps = all.flatMap(gapsOf)
  say(`\n${''.padEnd(44)}     n      p50     p95     p99`)
  row('latency, all turns', gaps)
  row(
    '  by the journal',
    latencies.map(({ totalMs }) => totalMs),
  )
  row(
    '  until the turn counted as ended',
    latencies.map(({ turnEndMs }) => turnEndMs),
  )
  row(
    '  from the question to the first text',
    latencies.map(({ firstTokenMs }) => firstTokenMs),
  )
  row(
    '  from the first text to the first sound',
    latencies.map(({ firstAudioMs }) => firstAudioMs),
  )
  row(
    '  saved by drafts',
    latencies.map(({ savedMs }) => savedMs),
  )
  row('words are final after the last voiced sample', all.flatMap(finalsAfterMs))
  const spoken = all.flatMap(({ record }) => record.gaps)
  const of = (kind: 'unanswered' | 'spoken-over'): number => spoken.filter(gap => gap.kind === kind).length
  say(`turns unanswered, and spoken over            ${of('unanswered')}, ${of('spoken-over')} of ${spoken.length}`)
  say(`words heard wrong                            ${(wordErrorRate(wordErrors(...wordsOf(all))) * 100).toFixed(1)} %`)
  const late = lateFrames(all)
  sayLate(late)
  const isSteady = late.mostMs < LEAD_MS
  say(
    `of one core: server with ears and voice      ${percent(Math.max(...loads.map(load => load.shares.server ?? 0)))}`,
  )
  say(`of one core: callers and stand-ins           ${percent(Math.max(...loads.map(load => load.otherLoad)))}`)
  const isQuick = quantile(gaps, 0.5) <= MOST_P50_MS && quantile(gaps, 0.95) <= MOST_P95_MS
  const verdict = (isMet: boolean): string => (isMet ? 'met' : 'NOT MET')
  // One call shows how quick it can be, many how steady it stays.
  const isLocal = calls === 1 && part === 'ears and voice'
  if (isLocal) say(`latency at most ${MOST_P50_MS} / ${MOST_P95_MS} ms: ${verdict(isQuick)}`)
  say(`no frame that the carrier had not in time (${LEAD_MS} ms): ${verdict(isSteady)}`)
  return isValid(all, loads, calls) && isSteady && (!isLocal || isQuick)
}

export const sayLate = ({ count, of, mostMs }: ReturnType<typeof lateFrames>): void =>
  say(`frames later than ${LATE_MS} ms, and the latest      ${count} of ${of}, ${mostMs} ms`)

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

function latenciesOf(lines: readonly JournalLine[]) {
  const story = new Story(english)
  return lines
    .flatMap(line => story.take(line))
    .flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency] : []))
}

/** How long after each end of the caller's voice its words were final. */
function finalsAfterMs({ lines }: FinishedCall): readonly number[] {
  let voicedMs: number | undefined
  return lines.flatMap(line => {
    if (!('input' in line)) return []
    if (line.input.kind === 'speech-end') voicedMs = line.input.lastVoicedMs
    if (line.input.kind !== 'words' || !line.input.final || voicedMs === undefined) return []
    const afterMs = line.atMs - voicedMs
    voicedMs = undefined
    return [afterMs]
  })
}

/** What was said and what was heard, of all calls. */
function wordsOf(all: readonly FinishedCall[]): [said: string, heard: string] {
  const said = all.flatMap(({ record }) => record.utterances.map(({ say: text }) => text))
  const heard = all.flatMap(({ lines }) =>
    lines.flatMap(line =>
      'input' in line && line.input.kind === 'words' && line.input.final ? [line.input.text] : [],
    ),
  )
  return [said.join(' '), heard.join(' ')]
}

/** How many frames left later than their own length, of how many, and how late the latest was. */
export function lateFrames(all: readonly FinishedCall[]) {
  const byMs = all.map(({ lateByMs }) => lateByMs)
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
  return {
    of: byMs.reduce((total, counts) => total + sum(counts), 0),
    count: byMs.reduce((total, counts) => total + sum(counts.slice(LATE_MS + 1)), 0),
    mostMs: byMs.reduce(
      (most, counts) =>
        Math.max(
          most,
          counts.findLastIndex(count => count > 0),
        ),
      0,
    ),
  }
}
