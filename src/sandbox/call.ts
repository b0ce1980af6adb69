import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { systemNetwork } from '../network.ts'
import { loadFixture, loadNamedFixture, type Script } from './caller/fixture.ts'
import { scriptOfTexts, scriptOfWavs } from './caller/spoken-script.ts'
import { type Flite, openFlite } from './cartesia/flite.ts'
import { seeded } from './chance.ts'
import { type CallRecord, recordFigures } from './ringing/call-record.ts'
import { conversationLines, shortcomings } from './ringing/call-report.ts'
import { ring } from './ringing/ring.ts'
import type { CallEvent } from './twilio/call-event.ts'
import { sayVoice } from './twilio/say-voice.ts'
import { openTicker } from './twilio/ticker.ts'
import { stereoWav } from './twilio/two-leg-recording.ts'

const USAGE = `Rings a running server as Twilio does, and plays the caller's side of the call.

  npm run call -- tasks                     one of fixtures/calls
  npm run call -- hello.wav bye.wav         recordings, each with its words in a .txt next to it
  npm run call -- --text "Hello." --text "Bye."

  --url URL          where to reach the server (http://127.0.0.1:8080)
  --public-url URL   its PUBLIC_URL, which signatures cover (as --url)
  --auth-token TOKEN its TWILIO_AUTH_TOKEN (from the environment, else sandbox-auth-token)
  --deepgram URL     the stand-in Deepgram, which gets the caller's words (http://127.0.0.1:8091)
  --out DIR          folder for the recording (./data/rung)
  --voice NAME       flite's voice for --text (awb)
  --dial OUTCOME     how a transfer ends: answered, no-answer or busy (no-answer)`

const ACCOUNT_SID = 'AC00000000000000000000000000000000'

process.exitCode = await main(process.argv.slice(2)).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : String(cause))
  return 1
})

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      'public-url': { type: 'string' },
      'auth-token': { type: 'string', default: process.env.TWILIO_AUTH_TOKEN ?? 'sandbox-auth-token' },
      deepgram: { type: 'string', default: 'http://127.0.0.1:8091' },
      out: { type: 'string', default: './data/rung' },
      voice: { type: 'string', default: 'awb' },
      dial: { type: 'string', default: 'no-answer' },
      text: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || positionals.length + values.text.length === 0) {
    console.log(USAGE)
    return values.help ? 0 : 1
  }
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
  const seed = Math.floor(systemClock.wallTime().getTime() / 10)
  const flite = openFlite()
  const spoken = { texts: values.text, voice: values.voice, flite }
  const script = await scriptFor(positionals, spoken, seeded(seed), interrupted.signal)
  const record = await ring(
    {
      network: systemNetwork,
      dialUrl: values.url,
      publicUrl: values['public-url'] ?? values.url,
      authToken: values['auth-token'],
      accountSid: process.env.TWILIO_ACCOUNT_SID ?? ACCOUNT_SID,
      from: script.from,
      to: '+15550100000',
      announceUrl: await speechToTextAt(values.deepgram, interrupted.signal),
      dialOutcome: dialOutcome(values.dial),
      speak: sayVoice(flite),
      onEvent: print,
      ticker: openTicker(systemClock),
      script,
      seed,
    },
    interrupted.signal,
  )
  for (const line of ['', ...conversationLines(record), '', ...(await save(record, values.out))]) console.log(line)
  const problems = shortcomings(record, script.expect)
  for (const problem of problems) console.error(`problem: ${problem}`)
  return problems.length === 0 ? 0 : 1
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

async function speechToTextAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    await (await fetch(url, { signal })).body?.cancel()
    return url
  } catch {
    signal.throwIfAborted()
    console.log(`No stand-in Deepgram at ${url}: the server must use the real Deepgram (DEEPGRAM_API_KEY).`)
    return undefined
  }
}

function dialOutcome(text: string): 'answered' | 'no-answer' | 'busy' {
  if (text === 'answered' || text === 'no-answer' || text === 'busy') return text
  throw new Error(`--dial ${text}: it must be answered, no-answer or busy`)
}

function print(event: CallEvent): void {
  const line = describe(event)
  if (line !== undefined) console.log(`${(event.atMs / 1000).toFixed(1).padStart(6)} s  ${line}`)
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
      return event.say === '' ? 'the caller makes a noise' : `the caller: ${event.say}`
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

async function save(record: CallRecord, dir: string): Promise<readonly string[]> {
  const at = systemClock.wallTime().toISOString().slice(0, 19).replaceAll(':', '-')
  const path = join(dir, `${at}-${record.script.slice(0, 40)}`)
  await mkdir(dir, { recursive: true })
  await writeFile(`${path}.wav`, stereoWav(record.legs))
  await writeFile(`${path}.json`, `${JSON.stringify(recordFigures(record), null, 2)}\n`)
  return [`${path}.wav (left: the caller, right: the agent)`, `${path}.json`]
}
