import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock } from '../clock.ts'
import { readEnvFile } from '../env-file.ts'
import { ProviderError } from '../errors.ts'
import { cartesiaVoices } from './cartesia-voices.ts'

const USAGE = `Lists the voices of a Cartesia account, for CARTESIA_VOICE_ID: id, name, language, description.
  npm run voices
  npm run voices -- warm       those with "warm" in their name or description
The account is that of CARTESIA_API_KEY; CARTESIA_BASE_URL is another server of the same protocol.
`
const PROTOCOLS = ['wss:', 'ws:', 'https:', 'http:']
const settings = z.object({
  CARTESIA_API_KEY: z.string({ error: 'is not set: the voices are those of its account' }),
  CARTESIA_BASE_URL: z
    .string()
    .refine(
      text => URL.canParse(text) && PROTOCOLS.includes(new URL(text).protocol),
      `must be a URL with ${PROTOCOLS.join(' or ')}`,
    )
    .default('wss://api.cartesia.ai'),
})

/** What was asked cannot be done as it was asked; the message is for the person. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

function searched(): string {
  try {
    return parseArgs({ allowPositionals: true }).positionals.join(' ')
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

function account() {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const read = settings.safeParse(given)
  if (read.success) return { apiKey: read.data.CARTESIA_API_KEY, baseUrl: read.data.CARTESIA_BASE_URL }
  throw new CommandError(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n'))
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

async function main(): Promise<void> {
  readEnvFile()
  const search = searched()
  let count = 0
  for await (const voice of cartesiaVoices(account(), search, systemClock, new AbortController().signal)) {
    count++
    process.stdout.write(`${[voice.id, voice.name, voice.language, voice.description].map(oneLine).join('\t')}\n`)
  }
  if (count === 0) throw new CommandError(search === '' ? 'The account has no voices.' : `No voice has "${search}".`)
}

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.once('error', () => process.exit(0))
main().catch(error => {
  if (error instanceof CommandError) process.stderr.write(`${error.message}\n`)
  else if (error instanceof ProviderError) process.stderr.write(`${oneLine(error.message)}\n`)
  else process.stderr.write(`The voices cannot be listed: ${error.stack ?? error}\n`)
  process.exitCode = 1
})
