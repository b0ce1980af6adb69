import type { Expectation } from '../caller/fixture.ts'
import { plainWords } from '../ringing/expectations.ts'
import type { Act } from './cues.ts'
import type { HistoryTurn, JournalSide } from './journal-side.ts'

/** One of the caller's tasks when the call was over. */
export interface KeptTask {
  readonly title: string
  readonly status: string
}

/** Something the caller did. `say` of a noise is empty; `understood` is what the server took the words for. */
export type Done = Act &
  (
    | { readonly kind: 'speech'; readonly say: string; readonly understood: string; readonly sound: Uint8Array }
    | { readonly kind: 'keys'; readonly press: string }
  )

/** The server and the recording differ by so much about when a sound was. */
const NEAR_MS = 200
/** So long after a sound words of it may still come. */
const LATE_WORDS_MS = 5_000

/** Where in the conversation an act belongs. `missed`: words that the server did not hear, and should have. */
export type Place =
  | { readonly kind: 'turn'; readonly turn: HistoryTurn }
  | { readonly kind: 'aside' | 'missed' | 'unknown' }

export function placeOf(act: Done, journal: JournalSide | undefined): Place {
  if (!journal || (act.kind === 'speech' && act.say === '')) return { kind: 'unknown' }
  const { turns } = journal
  const meets = ({ startMs, endMs }: HistoryTurn): boolean =>
    act.startMs < endMs + NEAR_MS && act.lastVoicedMs > startMs - NEAR_MS
  // Words that come late, of a sound over the agent that was given up, begin a turn when they come.
  const late = act.kind === 'speech' ? turnOfLateWords(act.understood, act.endMs, turns) : undefined
  const turn = turns.find(meets) ?? late
  if (turn) return { kind: 'turn', turn }
  return { kind: act.kind === 'speech' && act.understood === '' ? 'missed' : 'aside' }
}

function turnOfLateWords(understood: string, endMs: number, turns: readonly HistoryTurn[]): HistoryTurn | undefined {
  const words = plainWords(understood)
  if (words === '') return undefined
  return turns.find(
    ({ text, startMs }) => startMs > endMs && startMs < endMs + LATE_WORDS_MS && plainWords(text).includes(words),
  )
}

/** What came of the call, as what is expected of it, with the words as they were corrected. */
export function expectedOf(
  journal: JournalSide | undefined,
  done: readonly Done[],
  places: readonly Place[],
): Pick<Expectation, 'callerTurns' | 'bargeIns' | 'tools'> {
  if (!journal) return {}
  const turns = journal.turns.map(turn => {
    const said = done.flatMap((act, i) => {
      const place = places[i]
      return act.kind === 'speech' && place?.kind === 'turn' && place.turn === turn ? [act.say] : []
    })
    const words = [...said, turn.keys].filter(text => text !== '').join(' ')
    return { startMs: turn.startMs, text: words === '' ? turn.text : words }
  })
  const missed = done.flatMap((act, i) =>
    act.kind === 'speech' && places[i]?.kind === 'missed' ? [{ startMs: act.startMs, text: act.say }] : [],
  )
  return {
    callerTurns: [...turns, ...missed].toSorted((a, b) => a.startMs - b.startMs).map(({ text }) => text),
    bargeIns: journal.bargeIns,
    tools: [...journal.tools],
  }
}

/** Titles that came of misheard words are not expected again: only how many tasks there are, and which are done. */
export function tasksExpected(tasks: readonly KeptTask[], done: readonly Done[]): string[] {
  const isAsUnderstood = done.every(act => act.kind === 'keys' || plainWords(act.say) === plainWords(act.understood))
  return tasks.map(({ title, status }) => `^${status}: ${isAsUnderstood ? escaped(title) : ''}`)
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
