import { parseArgs } from 'node:util'
import { readEnvFile } from '../env-file.ts'
import { StartError } from '../start-error.ts'
import { providerLines } from './listing.ts'
import { readProviders } from './providers.ts'

const USAGE = `Lists every provider by port, with its settings: those with a * are chosen by STT, LLM and TTS.
  npm run providers
STT=deepgram,whisper means: the first, and the second when it fails. docs/providers.md tells more of each.
Exit code: 0, or 1 where the settings of those that are chosen are wrong.`

/** Reads the settings of this folder as the server does. Keys are never printed. */
function main(): number {
  if (parseArgs({ options: { help: { type: 'boolean', default: false } } }).values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  readEnvFile()
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const { chosen, problems } = readProviders(given)
  process.stdout.write(`${providerLines(chosen, given).join('\n')}\n`)
  process.stderr.write(problems.map(problem => `WRONG  ${problem}\n`).join(''))
  return problems.length > 0 ? 1 : 0
}

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.once('error', () => process.exit(0))
try {
  process.exitCode = main()
} catch (error) {
  const isPlain = error instanceof StartError || (error instanceof TypeError && 'code' in error)
  process.stderr.write(`${isPlain ? error.message : error instanceof Error ? error.stack : error}\n${USAGE}\n`)
  process.exitCode = 2
}
