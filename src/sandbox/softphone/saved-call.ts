import { decodeMulaw, encodeMulaw } from '../../audio/mulaw.ts'
import type { JournalLine } from '../../conversation/lines.ts'
import { LINE_RATE_HZ, SAVED_VOICE, type Script, type Utterance } from '../caller/fixture.ts'
import type { CallOutcome } from '../twilio/call.ts'
import type { CallEvent } from '../twilio/call-event.ts'
import type { Legs } from '../twilio/two-leg-recording.ts'
import { type Act, cuesOf } from './cues.ts'
import { type Done, expectedOf, type KeptTask, placeOf, tasksExpected } from './expected-again.ts'
import { type JournalSide, journalSide } from './journal-side.ts'
import { gainFor, louder } from './soft-voice.ts'
import { spokenSpans } from './spoken-spans.ts'
import { wordsAlong } from './spread-words.ts'

/** So much of the line before and after the voice is kept. */
const EDGE_MS = 60
const BYTES_PER_MS = LINE_RATE_HZ / 1_000
/** Keys that are pressed sooner one after the other are pressed together. */
const BETWEEN_KEYS_MS = 1_500
/** The agent ends the call before the caller does. */
const LATE_HANG_UP = { after: 'agent-stopped', ms: 5_000, withStop: true } as const
const AFTER_FAREWELL = { after: 'agent-stopped', ms: 800, withStop: true } as const
const MOST_ABOUT_LETTERS = 60

/** A call by a person that is over. */
export interface CallToSave {
  readonly name: string
  /** The caller's number. */
  readonly from: string
  readonly legs: Legs
  readonly events: readonly CallEvent[]
  readonly endedBy: CallOutcome['endedBy']
  /** The server's journal; empty where it cannot be read. */
  readonly lines: readonly JournalLine[]
  /** Corrected words, by the index of `spokenSpans`. Any other utterance keeps those that the server understood; '' is a noise. */
  readonly utterances: readonly { readonly index: number; readonly say: string }[]
  /** The keys as they were pressed, on the recording's timeline; without them the journal's count. */
  readonly keys?: readonly { readonly atMs: number; readonly key: string }[] | undefined
  /** The caller's tasks after the call, in the order of their creation; only where there were none before it. */
  readonly tasks?: readonly KeptTask[] | undefined
}

/**
 * Makes a scripted caller of a call: the same sounds and keys at the same places, and what came of the call as what is
 * expected of it. Without its journal keys are left out. Throws an Error in words for a call of which none can be made.
 */
export function fixtureOf(call: CallToSave): Script {
  const journal = journalSide(call.lines, call.events)
  const isWithheld = call.lines.some(line => 'noted' in line && line.noted.kind === 'withheld')
  if (isWithheld) throw new Error('the caller was asked for a PIN in this call, and a PIN is never kept')
  const done = whatWasDone(call, journal)
  if (!done.some(act => act.kind === 'keys' || act.say !== ''))
    throw new Error('there are no words in it: write what was said, in one of its utterances at least')
  const hungUpMs = call.events.find(event => event.kind === 'hung-up')?.atMs ?? call.legs.caller.length / BYTES_PER_MS
  const hungUp: Act = { startMs: hungUpMs, endMs: hungUpMs, lastVoicedMs: hungUpMs, wantsAnswer: false }
  const cues = cuesOf(call.legs.agent, [...done, hungUp], journal)
  const places = done.map(act => placeOf(act, journal))
  const utterances = done.map((act, i): Utterance => {
    const cue = cues[i] ?? LATE_HANG_UP
    if (act.kind === 'keys') return { kind: 'keys', press: act.press, cue }
    const { say, sound } = act
    const aside = places[i]?.kind === 'aside' ? { aside: true } : {}
    return { kind: 'speech', say, words: wordsAlong(say, sound), pcm: decodeMulaw(sound), cue, ...aside }
  })
  const isFarewell = call.endedBy === 'caller' && journal?.isFarewell === true
  const own = cues.at(-1) ?? LATE_HANG_UP
  return {
    name: call.name,
    about: aboutOf(done),
    from: call.from,
    ...agentOf(journal),
    voice: SAVED_VOICE,
    utterances,
    hangUp: call.endedBy !== 'caller' ? LATE_HANG_UP : isFarewell ? AFTER_FAREWELL : { ...own, withStop: true },
    expect: {
      ...expectedOf(journal, done, places),
      ...(call.tasks && { tasks: tasksExpected(call.tasks, done) }),
      // Who is first after a farewell is chance. A transfer ends as whoever rings wants it to.
      ...(!isFarewell && call.endedBy !== 'transfer' && { endedBy: call.endedBy }),
    },
  }
}

function whatWasDone(call: CallToSave, journal: JournalSide | undefined): readonly Done[] {
  const { caller } = call.legs
  const corrected = new Map(call.utterances.map(({ index, say }) => [index, say.trim().replace(/\s+/g, ' ')]))
  const spans = spokenSpans(caller, journal)
  const gain = gainFor(caller, spans)
  const spoken = spans.map(({ index, say: understood, startMs, endMs }): Done => {
    const say = corrected.get(index) ?? understood
    const from = Math.max(0, Math.floor((startMs - EDGE_MS) * BYTES_PER_MS))
    const asItWas = caller.slice(from, Math.ceil((endMs + EDGE_MS) * BYTES_PER_MS))
    const sound = gain === 1 ? asItWas : encodeMulaw(louder(decodeMulaw(asItWas), gain))
    const fromMs = from / BYTES_PER_MS
    const span = { startMs: fromMs, endMs: fromMs + sound.length / BYTES_PER_MS, lastVoicedMs: endMs }
    return { kind: 'speech', ...span, wantsAnswer: say !== '', say, understood, sound }
  })
  // Without the journal nobody knows whether they were a PIN.
  const keys = journal ? (call.keys ?? journal.keys) : []
  return [...spoken, ...pressed(keys)].toSorted((a, b) => a.startMs - b.startMs)
}

function pressed(keys: readonly { readonly atMs: number; readonly key: string }[]): readonly Done[] {
  const groups: { press: string; startMs: number; endMs: number }[] = []
  for (const { atMs, key } of keys) {
    const last = groups.at(-1)
    if (last && atMs - last.endMs < BETWEEN_KEYS_MS) Object.assign(last, { press: last.press + key, endMs: atMs })
    else groups.push({ press: key, startMs: atMs, endMs: atMs })
  }
  return groups.map(group => ({ kind: 'keys', ...group, lastVoicedMs: group.endMs, wantsAnswer: true }))
}

function agentOf(journal: JournalSide | undefined): Pick<Script, 'agent'> {
  const agent = journal?.agent
  return agent === 'task-manager' || agent === 'receptionist' ? { agent } : {}
}

function aboutOf(done: readonly Done[]): string {
  const said = done.flatMap(act => (act.kind === 'speech' && act.say !== '' ? [act.say] : [])).join(' ')
  if (said === '') return 'Keys, by softphone.'
  return `By softphone: ${said.length > MOST_ABOUT_LETTERS ? `${said.slice(0, MOST_ABOUT_LETTERS).replace(/\s\S*$/, '')} …` : said}`
}
