import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import type { Agent } from '../../src/conversation/agent.ts'
import { type Call, converse } from '../../src/conversation/conversation.ts'
import { messagesOf } from '../../src/conversation/history.ts'
import { isEvent, type JournalLine } from '../../src/conversation/lines.ts'
import type { Message, Transcript } from '../../src/conversation/ports.ts'
import { restore } from '../../src/conversation/restore.ts'
import type { Spoken, SpokenAs } from '../../src/conversation/spoken.ts'
import { advance, begun, type ConversationState } from '../../src/conversation/state.ts'
import type { Summarise } from '../../src/conversation/summary/summing-up.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { onLineOf } from '../../src/conversation/turn/languages.ts'
import { type Policy, type Rules, type Turn, type TurnEvent, worksOf } from '../../src/conversation/turn/turn.ts'
import { english } from '../../src/languages/english.ts'
import { withLanguages } from '../../src/languages/language-tool.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { FakeChannel } from './channel.ts'
import { FakeClock } from './clock.ts'
import { FakeJournal } from './journal.ts'
import { FakeModel } from './model.ts'
import { FakeSpeechToText } from './speech-to-text.ts'
import { FakeVoice, spokenMs } from './text-to-speech.ts'
import { FakeTools } from './tools.ts'
import { FakeVoiceActivity } from './voice-activity.ts'

export const POLICY: Policy = {
  patience: { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
  bargeIn: { voice: 'ducked', speechMs: 700, backChannelMs: 1_500 },
  idleMs: 10_000,
  deadAirMs: 4_000,
  draftsPerTurn: 0,
  limitMs: 30 * 60_000,
  limitNoticeMs: 2 * 60_000,
  canTransfer: false,
}

export const AGENT: Agent = {
  name: 'Paula',
  instructions: 'Be brief.',
  language: english,
  phrases: {
    notice: 'This is recorded.',
    greeting: 'Hello, this is Paula.',
    back: 'I am back.',
    'still-there': 'Are you still there?',
    'cut-off': 'We were cut off.',
    'go-on': 'Please go on.',
    pardon: 'Pardon?',
    'take-your-time': 'Take your time.',
    apology: 'Sorry, that went wrong.',
    'give-up': 'I must give up.',
    transfer: 'I put you through.',
    joined: 'Somebody has joined.',
    switched: 'Sure, English.',
    'time-warning': 'Two minutes are left.',
    'time-up': 'Our time is up.',
    'budget-spent': 'I must end this here.',
    goodbye: 'Goodbye.',
  },
  phrasesFor: { 'hidden-number': { greeting: 'Hello, stranger.' }, browser: { greeting: 'Hello, browser.' } },
  pin: { ask: 'Your PIN?', wrong: 'Not right. Again?', refused: 'Not right either. Bye.', locked: 'Not now. Bye.' },
  thinking: 'Hm.',
  patience: ['One moment.', 'Still on it.', 'Soon.', 'Nearly.'],
}

export const RULES: Rules = { policy: POLICY, language: english }

/** The detector reports speech this long after its first sample. */
const DETECTION_MS = 60
const HANGOVER_MS = 200
/** Words are transcribed this long after they were spoken. */
const INTERIM_MS = 120
/** The final transcript comes this long after the flush that ends an utterance. */
const FINAL_MS = 80

export type TestCall = ReturnType<typeof open>
export interface Options extends Pick<Call, 'withholding' | 'inPerson'> {
  readonly policy?: Partial<Policy>
  readonly agent?: Agent
  /** The same agent in the other languages of the line, and the agents to whom the call may be handed. */
  readonly others?: readonly Agent[]
  readonly state?: ConversationState
  /** The call's lines from before a crash. */
  readonly earlier?: readonly JournalLine[]
  /** Errors of the voice, from the first word on. */
  readonly voiceFailures?: readonly Error[]
  /** How long before the conversation begins the record of its stream is opened. */
  readonly openedMs?: number
  /** The server was told to stop before the call began. */
  readonly stopped?: boolean
  /** Sums up what was said. */
  readonly summarise?: (parts: Pick<Call, 'clock' | 'journal'>) => Summarise
  /** What is there before the call begins. */
  readonly prepare?: (parts: { readonly model: FakeModel; readonly tools: FakeTools }) => void
}

function open(options: Options) {
  const {
    policy: changed = {},
    agent = AGENT,
    others = [],
    state: given,
    earlier = [],
    voiceFailures = [],
    stopped = false,
  } = options
  const policy = { ...POLICY, ...changed }
  const clock = new FakeClock()
  const channel = new FakeChannel(clock)
  const voiceActivity = new FakeVoiceActivity()
  const speechToText = new FakeSpeechToText()
  const model = new FakeModel(clock)
  const voice = new FakeVoice(clock)
  voice.failures.push(...voiceFailures)
  const tools = new FakeTools()
  options.prepare?.({ model, tools })
  const startMs = clock.now() - (options.openedMs ?? 0)
  const journal = new FakeJournal(clock, startMs)
  journal.lines.push(...earlier)
  const server = new AbortController()
  if (stopped) server.abort(new Error('draining'))
  const agents = [agent, ...others]
  const state = given ?? { turn: onLineOf(begin(policy, 0), agents), history: [] }
  const spoken: { readonly in: string; readonly text: string }[] = []
  const heardIn: string[] = []
  const spokenAs: SpokenAs | undefined =
    others.length === 0
      ? undefined
      : (name, code) => {
          const found = agents.find(one => one.name === name && one.language.code === code)
          return found && { agent: found, ...ofLanguage(code, { speechToText, voice, spoken, heardIn }) }
        }
  const parts = { policy, clock, channel, voiceActivity, speechToText, model, voice, tools, journal, agent, state }
  const afterSeq = given && earlier.length > 0 ? earlier.length : 0
  const spokenTools = withLanguages(tools, [...new Set(agents.map(({ language }) => language))])
  const call: Call = {
    ...parts,
    tools: spokenTools,
    summarise: options.summarise?.(parts),
    spokenAs,
    startMs,
    afterSeq,
    ...{ withholding: options.withholding, inPerson: options.inPerson },
    callId: 'call-7',
    owner: 'ann',
    channelName: 'fake',
  }
  const held = converse(call, server.signal)
  const ended = { state: undefined as ConversationState | undefined }
  const over = held.then(
    state => {
      ended.state = state
    },
    () => undefined,
  )
  const line = { ...parts, spoken, heardIn, server, held, over, startMs, ended, nowMs: () => clock.now() - startMs }

  const pass = (ms: number): Promise<void> => clock.advance(ms)
  const speechStart = (): Promise<void> => {
    voiceActivity.events.push({ kind: 'speech-start', firstVoicedMs: clock.now() - DETECTION_MS })
    return pass(0)
  }
  const speechEnd = (): Promise<void> => {
    voiceActivity.events.push({ kind: 'speech-end', lastVoicedMs: clock.now() - HANGOVER_MS })
    return pass(0)
  }
  const words = (
    text: string,
    { final = false, ended = false, speakers }: Partial<Pick<Transcript, 'final' | 'ended' | 'speakers'>> = {},
  ): Promise<void> => {
    speechToText.words.push({ text, final, ended, ...(speakers && { speakers }) })
    return pass(0)
  }

  /** Says words in virtual time. Returns when they are final: `HANGOVER_MS + FINAL_MS` after the last sound. */
  async function callerSays(
    text: string,
    { lengthMs = text.split(' ').length * 300, speakers }: { lengthMs?: number } & Pick<Transcript, 'speakers'> = {},
  ): Promise<void> {
    const spoken = text.split(' ')
    const doings = spoken
      .map((_, index) => ({
        atMs: ((index + 1) * lengthMs) / spoken.length + INTERIM_MS,
        act: () => words(spoken.slice(0, index + 1).join(' ')),
      }))
      .concat([
        { atMs: DETECTION_MS, act: speechStart },
        { atMs: lengthMs + HANGOVER_MS, act: speechEnd },
        { atMs: lengthMs + HANGOVER_MS + FINAL_MS, act: () => words(text, { final: true, ended: true, speakers }) },
      ])
      .toSorted((a, b) => a.atMs - b.atMs)
    let sinceMs = 0
    for (const { atMs, act } of doings) {
      await pass(atMs - sinceMs)
      sinceMs = atMs
      await act()
    }
  }

  /** Makes a noise of this length. Returns when the detector has reported its end. */
  async function callerCoughs(lengthMs = 200): Promise<void> {
    await pass(DETECTION_MS)
    await speechStart()
    await pass(lengthMs + HANGOVER_MS - DETECTION_MS)
    await speechEnd()
  }

  /** Passes time until the turn is of this kind. Fails after a minute. */
  async function until(kind: Turn['kind']): Promise<void> {
    for (let ms = 0; ms < 60_000 && turn().kind !== kind; ms += 20) await pass(20)
    expect(turn().kind).toBe(kind)
  }

  const stateNow = (): ConversationState => restore(journal.lines, agent.language)
  const turn = (): Turn => stateNow().turn
  return {
    ...line,
    pass,
    speechStart,
    speechEnd,
    words,
    callerSays,
    callerCoughs,
    until,
    turn,
    /** Passes time until the greeting was heard. */
    greeted: () => pass(voice.firstAudioMs + spokenMs(AGENT.phrases.greeting)),
    keys: async (digits: string): Promise<void> => {
      for (const digit of digits) channel.person.push({ kind: 'digit', digit })
      await pass(0)
    },
    types: (text: string): Promise<void> => {
      channel.person.push({ kind: 'typed', text })
      return pass(0)
    },
    /** A room beside the call is opened or closed. */
    beside: (open: boolean): Promise<void> => {
      channel.person.push({ kind: 'beside', open })
      return pass(0)
    },
    /** The call's budget is nearly spent, or spent. */
    budget: (left: 'little' | 'none'): Promise<void> => {
      channel.person.push({ kind: 'budget', left, of: 'call' })
      return pass(0)
    },
    /** The other person of an interpreted line says this. */
    otherSays: (text: string): Promise<void> => {
      channel.person.push({ kind: 'relayed', text, as: 'translation' })
      return pass(0)
    },
    somebodyJoins: (): Promise<void> => {
      channel.person.push({ kind: 'joined' })
      return pass(0)
    },
    hangsUp: (): Promise<void> => {
      channel.person.push({ kind: 'gone', why: 'hung up' })
      return pass(0)
    },
    history: (): readonly Message[] => messagesOf(stateNow().history),
    /** The history in short: `caller: words`, `agent: words` (with `—` where it was cut), `tool name: result`. */
    told: (): readonly string[] => messagesOf(stateNow().history).map(inShort),
    /** What the caller has heard, one line a speech, without words that were cut off. */
    heard: (): readonly string[] => channel.played.map(played => played.heard),
    events: (): readonly TurnEvent[] => journal.lines.flatMap(line => eventIn(line)),
    decisions: (kind: string) => journal.lines.filter(line => 'decided' in line && line.decided.kind === kind),
    notes: () => journal.lines.flatMap(line => ('noted' in line ? [line.noted] : [])),
  }
}

function inShort(message: Message): string {
  switch (message.role) {
    case 'caller':
      return `caller: ${message.text}`
    case 'agent':
      return `agent: ${message.text}${message.interrupted ? ' —' : ''}`
    case 'tool':
      return `tool ${message.call.name}: ${message.result ?? '…'}`
  }
}

function eventIn(line: JournalLine): readonly TurnEvent[] {
  if (!('input' in line)) return []
  const { input } = line
  return isEvent(input) ? [input] : []
}

/**
 * Holds a call in virtual time. After the scenario the caller hangs up. Then checks what holds after every call: it has
 * ended, nothing of it is left running, and its journal restores to the same conversation.
 */
export async function onTheLine(options: Options, scenario: (call: TestCall) => Promise<void>): Promise<void> {
  const call = open(options)
  await call.pass(0)
  await scenario(call)
  if (call.turn().kind !== 'ended') await call.hangsUp()
  await call.pass(20_000)
  const { ended, clock, channel, speechToText, model, voice, voiceActivity, tools, journal, server, policy, agent } =
    call
  if (!ended.state) await Promise.race([call.held, Promise.reject(new Error('the call has not ended'))])
  expect(ended.state?.turn.kind).toBe('ended')
  expect(channel.closed).toHaveLength(1)
  expect(call.notes().filter(note => note.kind === 'work-failed' && !String(note.why).includes('disk'))).toEqual([])
  expect({
    sleepers: clock.pending,
    listeners: getEventListeners(server.signal, 'abort').length,
    inbound: channel.person.open,
    playing: channel.playing,
    speechToText: speechToText.words.open + speechToText.reading,
    voiceActivity: voiceActivity.events.open + voiceActivity.reading,
    thinking: model.thinking,
    speaking: voice.speaking,
    running: tools.running,
  }).toEqual({
    sleepers: 0,
    listeners: 0,
    inbound: 0,
    playing: 0,
    speechToText: 0,
    voiceActivity: 0,
    thinking: 0,
    speaking: 0,
    running: 0,
  })
  expect(restore(journal.lines, agent.language)).toEqual(ended.state)
  checkDecisions(journal.lines, { policy, language: agent.language })
  const { differences, notes } = replayExactly(journal.lines, { languageOf: () => agent.language })
  expect({ differences, notes }).toEqual({ differences: [], notes: [] })
}

/** The call's voice and ears, which keep what they were asked for in this language. */
function ofLanguage(
  code: string,
  parts: {
    readonly speechToText: FakeSpeechToText
    readonly voice: FakeVoice
    readonly spoken: { readonly in: string; readonly text: string }[]
    readonly heardIn: string[]
  },
): Omit<Spoken, 'agent'> {
  async function* noted(text: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of text) {
      parts.spoken.push({ in: code, text: piece })
      yield piece
    }
  }
  return {
    speechToText: {
      transcribe(input, signal) {
        parts.heardIn.push(code)
        return parts.speechToText.transcribe(input, signal)
      },
    },
    voice: { speak: (text, signal) => parts.voice.speak(noted(text), signal) },
  }
}

/** Every decided turn in the journal follows from its inputs, and no two works have the same id. */
function checkDecisions(lines: readonly JournalLine[], rules: Rules): void {
  let state: ConversationState | undefined
  for (const line of lines) {
    if ('started' in line) state = begun(line.started.turn, state)
    if (!state) continue
    for (const event of eventIn(line)) state = advance(state, event, rules)
    if ('decided' in line && line.decided.kind === 'turn') expect(line.decided.turn).toEqual(state.turn)
    const ids = worksOf(state.turn).map(work => work.id)
    expect(new Set(ids).size).toBe(ids.length)
  }
}
