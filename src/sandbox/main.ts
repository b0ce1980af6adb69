import { parseArgs } from 'node:util'
import { systemClock as clock } from '../clock.ts'
import { openFlite } from '../flite/flite.ts'
import { openCartesiaStandIn } from './cartesia/stand-in.ts'
import { openDeepgramStandIn } from './deepgram/stand-in.ts'
import { isProfileName, profiles } from './delays.ts'
import { openScreenReader } from './gemini/screen-reader.ts'
import { openGeminiStandIn } from './gemini/stand-in.ts'
import { openOpenAiStandIn } from './openai/stand-in.ts'
import { openTwilioStandIn } from './twilio/stand-in.ts'
import { openTicker } from './twilio/ticker.ts'

const USAGE = `npm run sandbox -- [--port 8090] [--host 127.0.0.1] [--profile ${Object.keys(profiles).join('|')}] [--seed 1]
Stand-ins for the services: Twilio on the port, Deepgram, OpenAI, Cartesia and Gemini on the four after it; 0 takes free ones.
--host 0.0.0.0 lets other machines reach the four; Twilio rings from this one alone.`

/** Starts all stand-ins and prints their addresses as one line of JSON; ends on SIGTERM, SIGINT, or when stdin ends. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8090' },
      host: { type: 'string', default: '127.0.0.1' },
      profile: { type: 'string', default: 'fast' },
      seed: { type: 'string', default: '1' },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_531) throw new Error(`--port ${values.port} is no port`)
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
  const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'sandbox-auth-token' }
  const twilio = await openTwilioStandIn({ ...account, port: at(0).port, ticker: openTicker(clock) })
  const deepgram = await openDeepgramStandIn(at(1))
  const openai = await openOpenAiStandIn(at(2))
  const cartesia = await openCartesiaStandIn(at(3), flite)
  const gemini = await openGeminiStandIn(at(4), reader)
  const urls = {
    twilioUrl: twilio.url,
    deepgramUrl: deepgram.url,
    openaiUrl: `${openai.url}/v1`,
    cartesiaUrl: cartesia.url,
    geminiUrl: gemini.url,
  }
  process.stdout.write(`${JSON.stringify(urls)}\n`)

  async function end(): Promise<void> {
    await Promise.all([twilio, deepgram, openai, cartesia, gemini].map(standIn => standIn.close()))
    await Promise.all([flite.close(), reader.close()])
    process.exit(0)
  }
  process.once('SIGTERM', () => void end())
  process.once('SIGINT', () => void end())
  // The parent process holds stdin open: when it ends for any reason, the sandbox ends too.
  if (!process.stdin.isTTY) process.stdin.resume().once('end', () => void end())
}

main().catch(error => {
  process.stderr.write(`The sandbox cannot start: ${error instanceof Error ? error.message : error}\n${USAGE}\n`)
  process.exit(1)
})
