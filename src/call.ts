import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from './clock.ts'
import { readEnvFile } from './env-file.ts'
import { type Flite, openFlite } from './flite/flite.ts'
import type { StoryEvent } from './journal/story.ts'
import { systemNetwork } from './network.ts'
import { listFixtures, loadFixture, loadNamedFixture, type Script } from './sandbox/caller/fixture.ts'
import { scriptOfTexts, scriptOfWavs } from './sandbox/caller/spoken-script.ts'
import { seeded } from './sandbox/chance.ts'
import { recordFigures } from './sandbox/ringing/call-record.ts'
import { conversationLines, shortcomings } from './sandbox/ringing/call-report.ts'
import { startRinging } from './sandbox/ringing/ring.ts'
import { askServer } from './sandbox/ringing/rung-server.ts'
import { liveFigures } from './sandbox/softphone/live-figures.ts'
import { CALLER_NUMBER } from './sandbox/softphone/messages.ts'
import { spokenSpans } from './sandbox/softphone/spoken-spans.ts'
import type { CallEvent, DialOutcome } from './sandbox/twilio/call-event.ts'
import { sayVoice } from './sandbox/twilio/say-voice.ts'
import { openTicker } from './sandbox/twilio/ticker.ts'
import { type Legs, stereoWav } from './sandbox/twilio/two-leg-recording.ts'
import { type TalkedCall, talk } from './talk/talk.ts'
import { followJournal } from './terminal/follow-journal.ts'
import { callerLine, storyLine, timedLine } from './terminal/story-lines.ts'

const ACCOUNT_SID = 'AC00000000000000000000000000000000'
/** Of a person at a terminal. */
const OWN_NUMBER = '+15550100042'
const KEPT = ['transcript.txt', 'call-1.wav', 'journal.jsonl']

export interface CallOptions {
  /** Where to reach the server. Default: this machine, at PORT. */
  readonly url?: string | undefined
  /** Its PUBLIC_URL, which signatures cover. Default: as `url`. */
  readonly publicUrl?: string | undefined
  /** Its TWILIO_AUTH_TOKEN. Default: that of the environment or .env, else the sandbox's. */
  readonly authToken?: string | undefined
  /** The stand-in Deepgram, which gets the caller's words. Default: the server tells it where it has one. */
  readonly deepgram?: string | undefined
  /** The caller's number. Default: the recorded caller's own. */
  readonly from?: string | undefined
  /** The number that is rung, where several agents answer numbers of their own. */
  readonly to: string
  /** The folder for the recording. */
  readonly out: string
  /** Flite's voice for `text`. */
  readonly voice: string
  readonly dial: DialOutcome
  /** A call by whoever sits at this terminal. */
  readonly mic?: true | undefined
  /** Sentences that are spoken by `voice`. */
  readonly text: readonly string[]
}

/** The lines that list the recorded callers. */
export const recordedCallers = async (): Promise<readonly string[]> => (await listFixtures()).map(fixtureLine)

/**
 * Rings a running server as Twilio does, and plays the caller's side of the call: `played` is a recorded caller, or WAV files.
 * Prints what both sides say. Resolves with the exit code: 1 where the call did not go as it should.
 */
export async function call(played: readonly string[], options: CallOptions): Promise<number> {
  try {
    return await rung(played, options)
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause))
    return 1
  }
}

async function rung(positionals: readonly string[], values: CallOptions): Promise<number> {
  readEnvFile()
  if (values.from !== undefined && !CALLER_NUMBER.test(values.from))
    throw new Error(`--from ${values.from}: it must be a number like +15551234567, or anonymous`)
  if (!/^\+[1-9]\d{4,14}$/.test(values.to)) throw new Error(`--to ${values.to}: it must be a number like +15550100000`)
  if (values.mic && positionals.length + values.text.length > 0)
    throw new Error('--mic is for your own words: give nothing to be said')
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
  const { signal } = interrupted
  const url = values.url ?? `http://127.0.0.1:${process.env.PORT || 8080}`
  const server = await askServer(url, systemNetwork, signal)
  if (server.notReady.length > 0) console.log(`The server is not ready for calls: ${server.notReady.join(', ')}`)
  // Two callers who ring in the same moment are two calls.
  const seed = randomInt(2 ** 32)
  const flite = openFlite()
  const ringing = {
    network: systemNetwork,
    dialUrl: url,
    publicUrl: values.publicUrl ?? url,
    authToken: values.authToken ?? (process.env.TWILIO_AUTH_TOKEN || 'sandbox-auth-token'),
    accountSid: process.env.TWILIO_ACCOUNT_SID ?? ACCOUNT_SID,
    to: values.to,
    dialOutcome: values.dial,
    speak: sayVoice(flite),
    onEvent: print,
    ticker: openTicker(systemClock),
    seed,
  }
  const callsFolder = join(server.dataDir ?? process.env.DATA_DIR ?? './data', 'calls')
  if (values.mic) {
    if (server.notice !== undefined) console.log(server.notice)
    const talked = await talk(
      {
        ...{ ...ringing, from: values.from ?? OWN_NUMBER, clock: systemClock, input: process.stdin, say: console.log },
        follow: (callSid, until) => followAgent(join(callsFolder, callSid, 'journal.jsonl'), () => true, until),
      },
      signal,
    )
    return endOfTalk(talked, join(callsFolder, talked.callSid), values.out, server.isStandIn)
  }
  const spoken = { texts: values.text, voice: values.voice, flite }
  const script = await scriptFor(positionals, spoken, seeded(seed), signal)
  const { call: placed, record } = startRinging(
    {
      ...ringing,
      from: values.from ?? script.from,
      announceUrl: values.deepgram ?? server.deepgramUrl,
      script,
    },
    signal,
  )
  const over = new AbortController()
  const folder = join(callsFolder, placed.callSid)
  // What the caller says is told when they say it.
  const isTold = ({ kind }: StoryEvent): boolean => kind !== 'caller'
  const followed = followAgent(join(folder, 'journal.jsonl'), isTold, over.signal)
  const heard = await record.finally(() => over.abort(new Error('the call is over')))
  await followed
  const kept = [
    ...(await save({ callSid: heard.callSid, name: heard.script }, heard.legs, recordFigures(heard), values.out)),
    ...keptByServer(folder, heard.agentSpans.length > 0),
  ]
  for (const line of ['', ...conversationLines(heard), '', ...kept]) console.log(line)
  const problems = [...shortcomings(heard, script.expect), ...hints(heard.warnings, server.isStandIn)]
  for (const problem of problems) console.error(`problem: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

function fixtureLine({ name, about }: { readonly name: string; readonly about: string }): string {
  return `  ${name.padEnd(20)} ${about}`
}

async function scriptFor(
  names: readonly string[],
  { texts, voice, flite }: { readonly texts: readonly string[]; readonly voice: string; readonly flite: Flite },
  random: () => number,
  signal: AbortSignal,
): Promise<Script> {
  const [name = ''] = names
  if (names.length === 0) return scriptOfTexts(texts, voice, flite, random, signal)
  if (texts.length > 0) throw new Error('give either --text or files, not both')
  if (names.every(path => /\.wav$/i.test(path))) return scriptOfWavs(names, random)
  if (names.length > 1) throw new Error(`give one fixture, or only .wav files: ${names.join(' ')}`)
  return name.endsWith('.json') ? loadFixture(name) : loadNamedFixture(name)
}

function print(event: CallEvent): void {
  const line = describe(event)
  if (line !== undefined) console.log(timedLine(event.atMs, line))
}

function describe(event: CallEvent): string | undefined {
  switch (event.kind) {
    case 'document':
      return `TwiML from ${event.url}: ${event.verbs.join(', ')}`
    case 'stream-started':
      return 'the stream is open'
    case 'stream-ended':
      return `the stream was closed by ${event.by === 'twilio' ? 'the caller' : 'the server'}`
    case 'utterance':
      return callerLine(event.say === '' ? '(a noise)' : event.say)
    case 'key':
      return callerLine(`(presses ${event.key})`)
    case 'say':
      return `Twilio says: ${event.text}`
    case 'dial':
      return `Twilio dials ${event.number}: ${event.outcome}`
    case 'warning':
      return `warning ${event.text}`
    case 'hung-up':
      return event.why
    case 'clear':
      return undefined
  }
}

/** Tells what is said and done, as the server's journal has it, where the server is on this machine. */
function followAgent(journal: string, isTold: (told: StoryEvent) => boolean, signal: AbortSignal): Promise<void> {
  const tell = (told: StoryEvent, atMs: number): void => {
    if (isTold(told)) console.log(timedLine(atMs, storyLine(told)))
  }
  const cannot = (cause: Error): void => console.error(`The journal cannot be followed: ${cause.message}`)
  return followJournal(journal, systemClock, tell, signal).catch(cannot)
}

/** Keeps and reports a call that was held by microphone. */
async function endOfTalk(
  { callSid, outcome, lost, microphone }: TalkedCall,
  folder: string,
  out: string,
  isStandIn: boolean,
): Promise<number> {
  const { legs, events, why, gaveUp } = outcome
  const figures = liveFigures(outcome, spokenSpans(legs.caller, undefined), microphone)
  // Keys may be a PIN.
  const kept = [
    ...(await save(
      { callSid, name: 'talk' },
      legs,
      { why, ...figures, events: events.filter(({ kind }) => kind !== 'key') },
      out,
    )),
    ...keptByServer(folder, true),
  ]
  for (const line of ['', ...kept]) console.log(line)
  const problems = [
    ...(gaveUp ? [why] : []),
    ...(lost === undefined ? [] : [lost]),
    ...hints(figures.warnings, isStandIn),
  ]
  for (const problem of problems) console.error(`problem: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

function keptByServer(folder: string, wasHeard: boolean): readonly string[] {
  const files = KEPT.filter(name => existsSync(join(folder, name)))
  if (files.length > 0) return [`The server keeps in ${folder}: ${files.join(', ')}`]
  if (!wasHeard) return []
  return ["The agent's words are not known here: the server's journal is on another machine, or in another DATA_DIR."]
}

/** What to set when the server took this caller for a stranger. */
function hints(warnings: readonly string[], isStandIn: boolean): readonly string[] {
  if (!warnings.some(warning => /\b403\b/.test(warning))) return []
  const token = isStandIn
    ? 'it takes the sandbox’s token: unset TWILIO_AUTH_TOKEN here'
    : 'set TWILIO_AUTH_TOKEN (or --auth-token) to the server’s'
  return [`the server does not accept the signature (403): ${token}, and --public-url to its PUBLIC_URL`]
}

/** Calls that begin in the same second have files of their own. */
async function save(
  { callSid, name }: { readonly callSid: string; readonly name: string },
  legs: Legs,
  figures: object,
  dir: string,
): Promise<readonly string[]> {
  const at = systemClock.wallTime().toISOString().slice(0, 19).replaceAll(':', '-')
  const path = join(dir, `${at}-${callSid.slice(-6)}-${name.slice(0, 40)}`)
  await mkdir(dir, { recursive: true })
  await writeFile(`${path}.wav`, stereoWav(legs))
  await writeFile(`${path}.json`, `${JSON.stringify(figures, null, 2)}\n`)
  return [`Recorded as the carrier heard it: ${path}.wav (left: the caller, right: the agent)`, `Figures: ${path}.json`]
}
