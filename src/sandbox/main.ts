import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../clock.ts'
import { openFlite } from '../flite/flite.ts'
import { systemNetwork } from '../network.ts'
import { openAnnouncedCalls } from './announced-calls.ts'
import { ownFixtures } from './caller/fixture.ts'
import { openCartesiaStandIn } from './cartesia/stand-in.ts'
import { openDeepgramStandIn } from './deepgram/stand-in.ts'
import { isProfileName, profiles } from './delays.ts'
import { openScreenReader } from './gemini/screen-reader.ts'
import { openGeminiStandIn } from './gemini/stand-in.ts'
import { openOpenAiStandIn } from './openai/stand-in.ts'
import { readOrder } from './process.ts'
import type { RungAt } from './softphone/rung-at.ts'
import { BUILT_PAGES, softphone } from './softphone/softphone.ts'
import { onPort, onPortOrAnother } from './stand-in.ts'
import { STAND_INS } from './stand-ins.ts'
import { sayVoice } from './twilio/say-voice.ts'
import { openTwilioStandIn } from './twilio/stand-in.ts'
import { openTicker } from './twilio/ticker.ts'

const USAGE = `npm run sandbox -- [--port 8090] [--host 127.0.0.1] [--profile ${Object.keys(profiles).join('|')}] [--seed 1]
       [--with NAME,NAME] [--url URL [--public-url URL] [--auth-token TOKEN]]
Stand-ins for the services: Twilio on the port, Deepgram, OpenAI, Cartesia and Gemini on the four after it; 0 takes free ones.
--with opens more of them, on the ports after these: ${Object.keys(STAND_INS).join(', ') || 'there are none'}.
--host 0.0.0.0 lets other machines reach the four; Twilio rings from this one alone.
At Twilio's address is a softphone: a page to talk to a server by microphone. It rings the one at --url (whose PUBLIC_URL is
--public-url, if that is another one) and signs with --auth-token (from TWILIO_AUTH_TOKEN, else the sandbox's own).`

const AUTH_TOKEN = 'sandbox-auth-token'

/** Starts all stand-ins and prints their addresses as one line of JSON; ends on SIGTERM, SIGINT, or when stdin ends. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8090' },
      'twilio-port': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      profile: { type: 'string', default: 'fast' },
      seed: { type: 'string', default: '1' },
      with: { type: 'string', default: '' },
      url: { type: 'string' },
      'public-url': { type: 'string' },
      'auth-token': { type: 'string', default: process.env.TWILIO_AUTH_TOKEN || AUTH_TOKEN },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_500) throw new Error(`--port ${values.port} is no port`)
  // Not for the command line: `npm start` wants the softphone at an address that stays, and all else anywhere.
  const twilioPort = Number(values['twilio-port'] ?? port)
  if (!isProfileName(values.profile)) throw new Error(`--profile ${values.profile} is not known`)
  const profile = profiles[values.profile]
  const flite = openFlite()
  const reader = openScreenReader()
  const at = (offset: number) => ({
    port: port === 0 ? 0 : port + offset,
    host: values.host,
    profile,
    seed: Number(values.seed) + offset,
    clock,
  })
  let rungAt = rungAtOf(values.url, values['public-url'], values['auth-token'])
  const speak = sayVoice(flite)
  const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: AUTH_TOKEN }
  const ticker = openTicker(clock)
  let seed = Math.floor(clock.wallTime().getTime() / 10)
  const twilio = await openTwilioStandIn({
    ...{ ...account, ticker, serve: twilioPort === port ? onPort(port) : onPortOrAnother(twilioPort) },
    routes: (app, keep, signal) =>
      softphone(
        app,
        {
          ...{ clock, ticker, keep, speak, network: systemNetwork, accountSid: account.accountSid },
          ...{ nextSeed: () => ++seed, rungAt: () => rungAt },
          ...{ pageFolder: BUILT_PAGES, fixturesFolder: ownFixtures() },
        },
        signal,
      ),
  })
  const announced = openAnnouncedCalls(clock)
  const deepgram = await openDeepgramStandIn({ ...at(1), announced })
  const openai = await openOpenAiStandIn(at(2))
  const cartesia = await openCartesiaStandIn(at(3), flite)
  const gemini = await openGeminiStandIn(at(4), reader)
  const usual = ['deepgram', 'openai', 'cartesia', 'gemini']
  const names = [...new Set(values.with.split(',').filter(name => name !== '' && !usual.includes(name)))]
  const more = await Promise.all(
    names.map(async (name, i) => {
      const load = STAND_INS[name]
      if (!load) throw new Error(`--with ${name}: there is no such stand-in`)
      const open = await load()
      return [name, await open(at(5 + i), { flite, announced })] as const
    }),
  )
  const urls = {
    twilioUrl: twilio.url,
    deepgramUrl: deepgram.url,
    openaiUrl: `${openai.url}/v1`,
    cartesiaUrl: cartesia.url,
    geminiUrl: gemini.url,
    urls: {
      ...{ deepgram: deepgram.url, openai: `${openai.url}/v1`, cartesia: cartesia.url, gemini: gemini.url },
      ...Object.fromEntries(more.map(([name, { url }]) => [name, url])),
    },
  }
  process.stdout.write(`${JSON.stringify(urls)}\n`)

  async function end(): Promise<void> {
    await Promise.all(
      [twilio, deepgram, openai, cartesia, gemini, ...more.map(([, one]) => one)].map(standIn => standIn.close()),
    )
    await Promise.all([flite.close(), reader.close()])
    process.exit(0)
  }
  process.once('SIGTERM', () => void end())
  process.once('SIGINT', () => void end())
  if (process.stdin.isTTY) {
    process.stderr.write(`The softphone: ${twilio.url}/\n`)
    return
  }
  // The parent process holds stdin open: when it ends for any reason, the sandbox ends too.
  const orders = createInterface({ input: process.stdin })
  orders.on('line', line => {
    rungAt = readOrder(line) ?? rungAt
  })
  orders.once('close', () => void end())
}

/** The server that the softphone rings, as the command line has it. Throws an Error that names a wrong option. */
function rungAtOf(url: string | undefined, publicUrl: string | undefined, authToken: string): RungAt | undefined {
  if (url === undefined) return undefined
  for (const [name, text] of [
    ['--url', url],
    ['--public-url', publicUrl ?? url],
  ] as const)
    if (!/^https?:/.test(text) || !URL.canParse(text))
      throw new Error(`${name} ${text}: it must be a URL with http or https`)
  return { url, publicUrl: publicUrl ?? url, authToken }
}

main().catch(error => {
  process.stderr.write(`The sandbox cannot start: ${error instanceof Error ? error.message : error}\n${USAGE}\n`)
  process.exit(1)
})
