import type { CarrierEvent, Ended, Judged, Latency, Server, Task, Told, ToPage, TurnState } from '../line/messages.ts'

/** Something that was said or done in a call. `atMs`: when it began, since the call was answered. */
export type Entry = { readonly id: number; readonly atMs: number } & (
  | { readonly kind: 'caller'; readonly text: string }
  | {
      readonly kind: 'agent'
      readonly text: string
      readonly interrupted: boolean
      readonly latency: Latency | undefined
    }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly arguments: string
      readonly result: string
      readonly tookMs: number
    }
  | { readonly kind: 'overlap'; readonly judged: Judged; readonly words: string }
  | { readonly kind: 'keys'; readonly keys: string; readonly untilMs: number }
  | { readonly kind: 'trouble'; readonly what: string }
  /** What the carrier itself says or does. */
  | { readonly kind: 'carrier'; readonly what: string }
)
type NewEntry = Entry extends infer One ? (One extends Entry ? Omit<One, 'id' | 'atMs'> : never) : never

/** Words that grow, and when they began. */
export interface Growing {
  readonly text: string
  readonly atMs: number
}

/** A state of the turn, since when and why. */
export interface TurnStep {
  readonly id: number
  readonly atMs: number
  readonly state: TurnState
  readonly why: string
}

export type Call =
  | { readonly kind: 'none' }
  /** The microphone is being opened, or the server is asked. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'ringing' }
  | { readonly kind: 'answered'; readonly sinceMs: number }
  /** The caller hung up, and the carrier has not yet said that it is over. */
  | { readonly kind: 'ending'; readonly lastedMs: number }
  | { readonly kind: 'ended'; readonly ended: Ended; readonly lastedMs: number }
  /** It ended because the line to the sandbox was lost. */
  | { readonly kind: 'lost'; readonly lastedMs: number }

/** Everything that the page knows. */
export interface Phone {
  /** Undefined while the sandbox is away. */
  readonly server: Server | undefined
  readonly call: Call
  readonly entries: readonly Entry[]
  /** What the caller is saying now, and what has been heard of the agent's reply. */
  readonly interim: Growing | undefined
  readonly speaking: Growing | undefined
  /** The latest states of the turn, the newest first. */
  readonly turns: readonly TurnStep[]
  readonly tasks: readonly Task[] | undefined
  readonly refused: { readonly what: 'call' | 'save' | 'key' | 'message'; readonly why: string } | undefined
  readonly saving: 'no' | 'asked' | { readonly path: string }
  /** Numbers entries and turns. */
  readonly count: number
}

export const IDLE: Phone = {
  ...{ server: undefined, call: { kind: 'none' }, entries: [], interim: undefined, speaking: undefined, turns: [] },
  ...{ tasks: undefined, refused: undefined, saving: 'no', count: 0 },
}

/** What the page itself does, or what happens to it. */
export type Happening =
  | { readonly kind: 'message'; readonly message: ToPage }
  | { readonly kind: 'lost' }
  | { readonly kind: 'opening' }
  /** It was given up before anybody was asked to ring. */
  | { readonly kind: 'given-up' }
  | { readonly kind: 'hung-up' }
  | { readonly kind: 'pressed'; readonly key: string }
  | { readonly kind: 'saving' }

/** A long call shows its end. */
const MOST_ENTRIES = 400
const MOST_LETTERS = 5_000
const MOST_TURNS = 30
/** Keys that follow each other so soon stand in one entry. */
const TOGETHER_MS = 4_000

/** What the page knows after something happened, at this moment of its clock, in ms. */
export function after(phone: Phone, happening: Happening, nowMs: number): Phone {
  switch (happening.kind) {
    case 'message':
      return afterMessage(phone, happening.message, nowMs)
    case 'lost':
      return lost({ ...phone, server: undefined, saving: 'no', refused: undefined }, nowMs)
    case 'opening':
      return { ...IDLE, server: phone.server, count: phone.count, call: { kind: 'opening' } }
    case 'given-up':
      return phone.call.kind === 'opening' ? { ...phone, call: { kind: 'none' } } : phone
    case 'hung-up':
      return { ...phone, call: { kind: 'ending', lastedMs: lastedMs(phone.call, nowMs) } }
    case 'pressed':
      return pressed(phone, happening.key, nowMs)
    case 'saving':
      return { ...phone, saving: 'asked', refused: undefined }
  }
}

function afterMessage(phone: Phone, message: ToPage, nowMs: number): Phone {
  const { kind } = phone.call
  switch (message.kind) {
    case 'server':
      return { ...phone, server: message }
    case 'ringing':
      return kind === 'opening' ? { ...phone, call: { kind: 'ringing' } } : phone
    case 'answered':
      return kind === 'opening' || kind === 'ringing' ? { ...phone, call: { kind: 'answered', sinceMs: nowMs } } : phone
    case 'carrier':
      return carrier(phone, message.event)
    case 'told':
      return told(phone, message.told, message.atMs)
    case 'tasks':
      return { ...phone, tasks: message.tasks }
    case 'ended':
      return kind === 'none'
        ? phone
        : settled(phone, { kind: 'ended', ended: message, lastedMs: lastedMs(phone.call, nowMs) })
    case 'saved':
      return { ...phone, saving: { path: message.path }, refused: undefined }
    case 'refused':
      return refused(phone, message.what, message.why)
  }
  // A sandbox that is newer than the page says more than it knows.
  return phone
}

const lastedMs = (call: Call, nowMs: number): number =>
  call.kind === 'answered' ? nowMs - call.sinceMs : call.kind === 'ending' ? call.lastedMs : 0
const lost = (phone: Phone, nowMs: number): Phone => {
  const { call } = phone
  const isCalling = call.kind !== 'none' && call.kind !== 'ended' && call.kind !== 'lost'
  return isCalling ? settled(phone, { kind: 'lost', lastedMs: lastedMs(call, nowMs) }) : phone
}

/** What was still growing stays as it is. */
const settled = (phone: Phone, call: Call): Phone => {
  const { interim, speaking } = phone
  const [latest] = phone.turns
  const own = interim ? withEntry(phone, { kind: 'caller', text: interim.text }, interim.atMs) : phone
  const all = speaking
    ? withEntry(own, { kind: 'agent', text: speaking.text, interrupted: true, latency: undefined }, speaking.atMs)
    : own
  const over = latest?.state === 'ended' ? all : told(all, { kind: 'turn', state: 'ended', why: '' }, latest?.atMs ?? 0)
  return { ...over, interim: undefined, speaking: undefined, call }
}

function refused(phone: Phone, what: 'call' | 'save' | 'key' | 'message', why: string): Phone {
  const isCall = what === 'call' && (phone.call.kind === 'opening' || phone.call.kind === 'ringing')
  return {
    ...phone,
    refused: { what, why },
    saving: what === 'save' || phone.saving === 'asked' ? 'no' : phone.saving,
    call: isCall ? { kind: 'none' } : phone.call,
  }
}

/** A reply that was interrupted is told after the interruption, and stands before it. */
function withEntry(phone: Phone, entry: NewEntry, atMs: number): Phone {
  const made: Entry = { ...entry, id: phone.count, atMs }
  const place = phone.entries.findLastIndex(before => before.atMs <= atMs) + 1
  return { ...phone, count: phone.count + 1, entries: phone.entries.toSpliced(place, 0, made).slice(-MOST_ENTRIES) }
}
const grown = (before: Growing | undefined, text: string, atMs: number): Growing | undefined =>
  text === '' ? undefined : { text: cut(text), atMs: before?.atMs ?? atMs }
const cut = (text: string): string => text.slice(0, MOST_LETTERS)

function told(phone: Phone, what: Told, atMs: number): Phone {
  switch (what.kind) {
    case 'caller':
      return withEntry(
        { ...phone, interim: undefined },
        { kind: 'caller', text: cut(what.text) },
        phone.interim?.atMs ?? atMs,
      )
    case 'interim':
      return { ...phone, interim: grown(phone.interim, what.text, atMs) }
    case 'agent': {
      const { interrupted, latency } = what
      return withEntry(
        { ...phone, speaking: undefined },
        { kind: 'agent', text: cut(what.text), interrupted, latency },
        phone.speaking?.atMs ?? atMs,
      )
    }
    case 'speaking':
      return { ...phone, speaking: grown(phone.speaking, what.text, atMs) }
    case 'turn': {
      const step = { id: phone.count, atMs, state: what.state, why: cut(what.why) }
      return { ...phone, count: phone.count + 1, turns: [step, ...phone.turns].slice(0, MOST_TURNS) }
    }
    case 'overlap':
    case 'trouble':
      return withEntry(phone, what, atMs)
    case 'tool':
      return withEntry(phone, { ...what, arguments: cut(what.arguments), result: cut(what.result) }, atMs)
    case 'ended':
      return phone
  }
  return phone
}

function carrier(phone: Phone, event: CarrierEvent): Phone {
  const say = (what: string): Phone => withEntry(phone, { kind: 'carrier', what: cut(what) }, event.atMs)
  switch (event.kind) {
    case 'say':
      return say(`The carrier says: “${event.text}”`)
    case 'dial':
      return say(`Transferred to ${event.number}: ${event.outcome.replaceAll('-', ' ')}.`)
    case 'warning':
      return say(`The carrier warns: ${event.text}`)
  }
  return phone
}

function pressed(phone: Phone, key: string, nowMs: number): Phone {
  if (phone.call.kind !== 'answered') return phone
  const atMs = nowMs - phone.call.sinceMs
  const last = phone.entries.findLast(entry => entry.kind === 'keys')
  if (last === undefined || atMs - last.untilMs > TOGETHER_MS)
    return withEntry(phone, { kind: 'keys', keys: key, untilMs: atMs }, atMs)
  const more = { ...last, keys: cut(last.keys + key), untilMs: atMs }
  return { ...phone, entries: phone.entries.map(entry => (entry === last ? more : entry)) }
}
