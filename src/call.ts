import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
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
import type { CallEvent } from './sandbox/twilio/call-event.ts'
import { sayVoice } from './sandbox/twilio/say-voice.ts'
import { openTicker } from './sandbox/twilio/ticker.ts'
import { type Legs, stereoWav } from './sandbox/twilio/two-leg-recording.ts'
import { type TalkedCall, talk } from './talk/talk.ts'
import { followJournal } from './terminal/follow-journal.ts'
import { callerLine, storyLine, timedLine } from './terminal/story-lines.ts'

const USAGE = `Rings a running server as Twilio does, and plays the caller's side of the call.

  npm run call -- tasks                     one of the recorded callers below
  npm run call -- hello.wav bye.wav         recordings of any rate and depth, each with its words in a .txt next to it
  npm run call -- --text "Hello." --text "Bye."
  npm run call -- --mic                     you: by microphone, with arecord and aplay, or with sox

  --url URL          where to reach the server (http://127.0.0.1:8080)
  --public-url URL   its PUBLIC_URL, which signatures cover (as --url)
  --auth-token TOKEN its TWILIO_AUTH_TOKEN (from the environment or .env, else sandbox-auth-token)
  --deepgram URL     the stand-in Deepgram, which gets the caller's words (the server tells it where it has one)
  --from NUMBER      the caller's number, such as +15551234567, or anonymous (the recorded caller's own)
  --out DIR          folder for the recording (./data/rung)
  --voice NAME       flite's voice for --text (awb)
  --dial OUTCOME     how a transfer ends: answered, no-answer or busy (no-answer)
  --help             this text`

const ACCOUNT_SID = 'AC00000000000000000000000000000000'
/** Of a person at a terminal. */
const OWN_NUMBER = '+15550100042'
const KEPT = ['transcript.txt', 'call-1.wav', 'journal.jsonl']

process.exitCode = await main(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : String(cause))
  return 1
})

async function main(args: readonly string[]): Promise<number> {
  readEnvFile()
  const { values, positionals } = readArguments(args)
  if (values.help || (positionals.length + values.text.length === 0 && !values.mic)) {
    console.log(`${USAGE}\n\nRecorded callers:\n${(await listFixtures()).map(fixtureLine).join('\n')}`)
    return values.help ? 0 : 1
  }
  if (values.from !== undefined && !CALLER_NUMBER.test(values.from))
    throw new Error(`--from ${values.from}: it must be a number like +15551234567, or anonymous`)
  if (values.mic && positionals.length + values.text.length > 0)
    throw new Error('--mic is for your own words: give nothing to be said')
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
  const { signal } = interrupted
  const server = await askServer(values.url, systemNetwork, signal)
  if (server.notReady.length > 0) console.log(`The server is not ready for calls: ${server.notReady.join(', ')}`)
  const seed = Math.floor(systemClock.wallTime().getTime() / 10)
  const flite = openFlite()
  const rung = {
    network: systemNetwork,
    dialUrl: values.url,
    publicUrl: values['public-url'] ?? values.url,
    authToken: values['auth-token'],
    accountSid: process.env.TWILIO_ACCOUNT_SID ?? ACCOUNT_SID,
    to: '+15550100000',
    dialOutcome: dialOutcome(values.dial),
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
        ...{ ...rung, from: values.from ?? OWN_NUMBER, clock: systemClock, input: process.stdin, say: console.log },
        follow: (callSid, until) => followAgent(join(callsFolder, callSid, 'journal.jsonl'), () => true, until),
      },
      signal,
    )
    return endOfTalk(talked, join(callsFolder, talked.callSid), values.out, server.isStandIn)
  }
  const spoken = { texts: values.text, voice: values.voice, flite }
  const script = await scriptFor(positionals, spoken, seeded(seed), signal)
  const { call, record } = startRinging(
    {
      ...rung,
      from: values.from ?? script.from,
      announceUrl: values.deepgram ?? server.deepgramUrl,
      script,
    },
    signal,
  )
  const over = new AbortController()
  const folder = join(callsFolder, call.callSid)
  // What the caller says is told when they say it.
  const isTold = ({ kind }: StoryEvent): boolean => kind !== 'caller'
  const followed = followAgent(join(folder, 'journal.jsonl'), isTold, over.signal)
  const heard = await record.finally(() => over.abort(new Error('the call is over')))
  await followed
  const kept = [
    ...(await save(heard.script, heard.legs, recordFigures(heard), values.out)),
    ...keptByServer(folder, heard.agentSpans.length > 0),
  ]
  for (const line of ['', ...conversationLines(heard), '', ...kept]) console.log(line)
  const problems = [...shortcomings(heard, script.expect), ...hints(heard.warnings, server.isStandIn)]
  for (const problem of problems) console.error(`problem: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      'public-url': { type: 'string' },
      'auth-token': { type: 'string', default: process.env.TWILIO_AUTH_TOKEN || 'sandbox-auth-token' },
      deepgram: { type: 'string' },
      from: { type: 'string' },
      out: { type: 'string', default: './data/rung' },
      voice: { type: 'string', default: 'awb' },
      dial: { type: 'string', default: 'no-answer' },
      mic: { type: 'boolean', default: false },
      text: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
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

function dialOutcome(text: string): 'answered' | 'no-answer' | 'busy' {
  if (text === 'answered' || text === 'no-answer' || text === 'busy') return text
  throw new Error(`--dial ${text}: it must be answered, no-answer or busy`)
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
  { outcome, lost, microphone }: TalkedCall,
  folder: string,
  out: string,
  isStandIn: boolean,
): Promise<number> {
  const { legs, events, why, gaveUp } = outcome
  const figures = liveFigures(outcome, spokenSpans(legs.caller, undefined), microphone)
  // Keys may be a PIN.
  const kept = [
    ...(await save('talk', legs, { why, ...figures, events: events.filter(({ kind }) => kind !== 'key') }, out)),
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

async function save(name: string, legs: Legs, figures: object, dir: string): Promise<readonly string[]> {
  const at = systemClock.wallTime().toISOString().slice(0, 19).replaceAll(':', '-')
  const path = join(dir, `${at}-${name.slice(0, 40)}`)
  await mkdir(dir, { recursive: true })
  await writeFile(`${path}.wav`, stereoWav(legs))
  await writeFile(`${path}.json`, `${JSON.stringify(figures, null, 2)}\n`)
  return [`Recorded as the carrier heard it: ${path}.wav (left: the caller, right: the agent)`, `Figures: ${path}.json`]
}
