import type { Language } from '../../conversation/language.ts'
import type { JournalLine } from '../../conversation/lines.ts'
import { languageIn } from '../../conversation/turn/languages.ts'
import { textOf, type Utterance } from '../../conversation/turn/utterance.ts'
import type { CallTranscript } from '../api-shapes.ts'
import { attemptsOf } from './attempts.ts'

type Entry = CallTranscript['entries'][number]
type Open = { -readonly [Key in keyof Entry]: Entry[Key] }

/** What was said and heard in a call, and when, by its journal. */
export function transcriptOf(callId: string, lines: readonly JournalLine[], language: Language): CallTranscript {
  const entries = attemptsOf(lines).flatMap(({ attempt, startMs, lines: own }) =>
    entriesOf(own, language).map(entry => ({
      ...entry,
      attempt,
      startMs: Math.round(startMs + entry.startMs),
      endMs: Math.round(startMs + Math.max(entry.startMs, entry.endMs)),
    })),
  )
  return { callId, entries: entries.toSorted((one, other) => one.startMs - other.startMs) }
}

function entriesOf(lines: readonly JournalLine[], language: Language): readonly Entry[] {
  const callers = new Map<number, Open>()
  const tools = new Map<string, Open>()
  const agents = new Map<number, { readonly entry: Open; readonly parts: Map<number, string> }>()

  function agentOf(reply: number, atMs: number) {
    const known = agents.get(reply) ?? { entry: blank('agent', atMs), parts: new Map<number, string>() }
    agents.set(reply, known)
    return known
  }

  /** The last words that a reply answers: late ones are added while it is spoken. */
  function answered(reply: number, to: Utterance, spoken: Language): void {
    const entry = callers.get(reply) ?? blank('caller', to.firstVoicedMs)
    callers.set(reply, entry)
    entry.endMs = to.lastVoicedMs
    entry.text = textOf(to, spoken)
  }

  for (const line of lines) {
    const { atMs } = line
    if ('decided' in line && line.decided.kind === 'turn') {
      const { turn } = line.decided
      const { passedOn } = turn.context
      if (passedOn && !callers.has(passedOn.id))
        callers.set(passedOn.id, { ...blank('caller', atMs), text: passedOn.text })
      if ((turn.kind === 'replying' || turn.kind === 'yielding') && turn.reply.content.kind === 'answer')
        answered(turn.reply.id, turn.reply.content.to, languageIn(turn.context, language))
    }
    if (!('input' in line)) continue
    const { input } = line
    if (input.kind === 'reply-sounding') agentOf(input.reply, atMs)
    if (input.kind === 'heard') {
      const { entry, parts } = agentOf(input.reply, atMs)
      parts.set(input.part, input.text)
      entry.endMs = atMs
      entry.text = [...parts.values()].filter(text => text !== '').join(' ')
      entry.interrupted ||= input.cut
    }
    if (input.kind === 'tool-called') {
      const { id, name, arguments: given } = input.call
      tools.set(id, { ...blank('tool', atMs), text: `${name} ${given} → no result` })
    }
    if (input.kind === 'tool-result') {
      const entry = tools.get(input.callId)
      if (entry) {
        entry.endMs = atMs
        entry.text = entry.text.replace(/no result$/, () => input.result)
      }
    }
  }
  const all = [...callers.values(), ...[...agents.values()].map(({ entry }) => entry), ...tools.values()]
  return all.filter(({ text }) => text !== '')
}

const blank = (who: Open['who'], atMs: number): Open => ({
  ...{ attempt: 1, who, startMs: atMs, endMs: atMs },
  ...{ text: '', interrupted: false },
})

const SHORTEST_CUE_MS = 100
const NAMES = { caller: 'Caller', agent: 'Agent', tool: 'Tool' } as const

/** The same as WebVTT, with a voice for each cue. */
export function webVtt({ entries }: CallTranscript): string {
  const cues = entries.map(({ who, startMs, endMs, text, interrupted }) => {
    const times = `${cueTime(startMs)} --> ${cueTime(Math.max(endMs, startMs + SHORTEST_CUE_MS))}`
    return `${times}\n<v ${NAMES[who]}>${cueText(text)}${interrupted ? ' —' : ''}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

/** An arrow or an empty line would end the cue. */
const cueText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/\s+/g, ' ').trim()

function cueTime(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const whole = Math.max(0, Math.round(ms))
  const seconds = `${two((whole / 1_000) % 60)}.${String(whole % 1_000).padStart(3, '0')}`
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${seconds}`
}
