import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messagesOf } from '../conversation/history.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import { worksOf } from '../conversation/turn/turn.ts'
import { transcriptOf } from '../journal/transcript.ts'
import { languageOf } from '../languages/languages.ts'
import { type Attempt, attemptsOf, stepsOf } from './attempts.ts'
import { JOURNAL_FILE } from './call-folder.ts'
import { callerSideIn, detectorClock } from './caller-side.ts'
import { CannotReplay } from './cannot-replay.ts'
import { replayExactly } from './exact.ts'
import { comesTo, EXPECT_FILE } from './expectation.ts'
import { privateWords } from './private-words.ts'
import type { Expectation, Fixture, RecordedCall, WhatIfParts } from './report.ts'
import { rewritten } from './rewritten.ts'
import { SILENCED, type Silence, type SilencedSpan, silenced, spansOf } from './silenced.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/
const ABOUT_FILE = 'about.json'
/** Nobody needs to know when the call was. */
const NO_TIME = '2000-01-01T00:00:00.000Z'

export interface FixtureWish {
  /** Of the folder: small letters, digits and hyphens. */
  readonly name: string
  /** Names that are in the call and are not found by themselves. */
  readonly names?: readonly string[]
}

/**
 * Makes a fixture of a call, for a person to look at: names, numbers and addresses are replaced in its journal, and the
 * sound in which they are said is silent; of a call that was interpreted there is no sound. The fixture replays without a difference. Throws CannotReplay when that cannot
 * be, such as for a journal that has lost lines.
 */
export async function fixtureFromCall(
  call: RecordedCall,
  { name, names = [] }: FixtureWish,
  { openVoiceActivity }: Pick<WhatIfParts, 'openVoiceActivity'>,
  signal: AbortSignal,
): Promise<Fixture> {
  checkName(name)
  const attempts = attemptsOf(call.lines, languageOf)
  const [first] = attempts
  if (!first) throw new CannotReplay('the call never began')
  checkWhole(call.lines)
  const words = privateWords(saidIn(call.lines), names, languagesOf(attempts), seedOf(call.lines))
  const { lines: replaced, touched } = rewritten(call.lines, words, languageOf)
  const lines = replaced.map(line =>
    'started' in line ? { ...line, started: { ...line.started, callId: `fixture-${name}`, wallTime: NO_TIME } } : line,
  )
  checkSameCourse(attempts, attemptsOf(lines, languageOf))
  const { differences } = replayExactly(lines, { languageOf })
  if (differences.length > 0)
    throw new CannotReplay('with everything replaced the call does not replay: keep it as it is')
  const recordings = new Map<string, Uint8Array>()
  const silences = new Map<number, Silence>()
  for (const attempt of attempts) {
    // Another person is heard beneath the interpreter, whose words are nowhere in this journal by their times.
    const wav = attempt.started.policy.interprets ? undefined : await call.recording(attempt.number, signal)
    if (!wav) continue
    const spans = spansOf(attempt, touched)
    const fromMs = spans.length === 0 ? 0 : await beginOf(wav, attempt, openVoiceActivity, signal)
    if (spans.length > 0) silences.set(attempt.number, { spans, fromMs })
    recordings.set(`call-${attempt.number}.wav`, silenced(wav, spans, fromMs))
  }
  const { history } = restore(lines, first.language)
  return {
    name,
    lines: withSilences(lines, silences),
    transcript: transcriptOf(messagesOf(history)),
    expect: comesTo(lines, first.language),
    replaced: [...words.told(), ...silenceTold(silences)],
    recordings,
  }
}

/** Writes a fixture that a person has looked at into a folder of fixtures. Returns its own folder. */
export async function saveFixture(fixture: Fixture, folder: string, expect: Expectation): Promise<string> {
  checkName(fixture.name)
  const own = join(folder, fixture.name)
  await mkdir(folder, { recursive: true })
  await mkdir(own).catch(error => {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw isThere ? new CannotReplay(`there is a fixture "${fixture.name}" already: give it another name`) : error
  })
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  const about = { name: fixture.name, about: 'A recorded call, made a fixture.', replaced: fixture.replaced }
  await writeFile(join(own, JOURNAL_FILE), fixture.lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  await writeFile(join(own, EXPECT_FILE), json(expect))
  await writeFile(join(own, ABOUT_FILE), json(about))
  for (const [file, wav] of fixture.recordings) await writeFile(join(own, file), wav)
  return own
}

/** All languages of the call's lines: numbers are said in each. */
const languagesOf = (attempts: readonly Attempt[]) =>
  [
    ...new Set(attempts.flatMap(({ started }) => [started.language, ...(started.turn.context.languages?.all ?? [])])),
  ].map(languageOf)

/** The same call has the same digits each time, and who has not the call itself cannot tell which they were. */
const seedOf = (lines: readonly JournalLine[]): number =>
  createHash('sha256').update(JSON.stringify(lines)).digest().readUInt32BE()

function checkName(name: string): void {
  if (!NAME.test(name)) throw new CannotReplay(`"${name}" must be small letters, digits and hyphens, 60 at most`)
}

function checkWhole(lines: readonly JournalLine[]): void {
  const { notes, differences } = replayExactly(lines, { languageOf })
  if (notes.length > 0) throw new CannotReplay(`the journal is not whole: ${notes[0]}`)
  if (differences.length > 0)
    throw new CannotReplay(
      'the code of today decides otherwise in this call: a fixture would begin with that difference',
    )
}

/** What callers say, and what is said of them to tools, tells their names. */
function saidIn(lines: readonly JournalLine[]): readonly string[] {
  return lines.flatMap(line => {
    if (!('input' in line)) return []
    const { input } = line
    const isWhole = input.kind === 'typed' || input.kind === 'relayed' || (input.kind === 'words' && input.final)
    return isWhole ? [input.text] : []
  })
}

/** The inputs belong to what was decided then: a call that goes another way would have others. */
function checkSameCourse(before: readonly Attempt[], after: readonly Attempt[]): void {
  for (const [index, attempt] of before.entries()) {
    const now = after[index] ? stepsOf(after[index]) : []
    for (const [at, step] of stepsOf(attempt).entries()) {
      const [one, other] = [step.after.turn, now[at]?.after.turn]
      const isSame =
        one.kind === other?.kind &&
        worksOf(one)
          .map(({ id }) => id)
          .join() ===
          worksOf(other)
            .map(({ id }) => id)
            .join()
      if (isSame) continue
      const seconds = (step.event.atMs / 1_000).toFixed(1)
      throw new CannotReplay(
        `with everything replaced the call goes another way at ${seconds} s: no fixture can be made of it`,
      )
    }
  }
}

/** When in the call the recording begins. */
async function beginOf(
  wav: Uint8Array,
  attempt: Attempt,
  openVoiceActivity: WhatIfParts['openVoiceActivity'],
  signal: AbortSignal,
): Promise<number> {
  const lifetime = new AbortController()
  try {
    const detector = await openVoiceActivity(detectorClock, lifetime.signal)
    const { sound } = await callerSideIn(wav, stepsOf(attempt), undefined, detector, signal)
    return sound?.fromMs ?? 0
  } finally {
    lifetime.abort(new Error('the sound is read'))
  }
}

/** The journal says where the sound is silent, so that a run from the sound does not take it for a silent caller. */
function withSilences(lines: readonly JournalLine[], silences: ReadonlyMap<number, Silence>): readonly JournalLine[] {
  let attempt = 0
  const made: JournalLine[] = []
  const seqs = new Map<number, number>()
  for (const line of lines) {
    const at = { v: line.v, atMs: line.atMs }
    if ('started' in line) {
      const { afterSeq = 0 } = line.started
      made.push({ ...at, seq: made.length + 1, started: { ...line.started, afterSeq: seqs.get(afterSeq) ?? 0 } })
      const silence = silences.get(++attempt)
      if (silence) made.push({ ...at, seq: made.length + 1, noted: { kind: SILENCED, ...silence } })
    } else made.push({ ...line, seq: made.length + 1 })
    seqs.set(line.seq, made.length)
  }
  return made
}

function silenceTold(silences: ReadonlyMap<number, Silence>): readonly string[] {
  const all = [...silences.values()].flatMap(({ spans }) => spans)
  const seconds = (side: SilencedSpan['side']): string =>
    (all.filter(span => span.side === side).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1_000).toFixed(
      1,
    )
  const told = (side: SilencedSpan['side']): readonly string[] =>
    all.some(span => span.side === side) ? [`about ${seconds(side)} s of the ${side}'s sound by silence`] : []
  return [...told('caller'), ...told('agent')]
}
