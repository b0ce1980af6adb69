import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../clock.ts'
import { readSettings, type Settings, SettingsError } from '../config.ts'
import { readEnvFile } from '../env-file.ts'
import { systemNetwork as network } from '../network.ts'
import { StartError } from '../start-error.ts'
import { type Finding, ok, wrong } from './finding.ts'
import { nodeFinding } from './machine.ts'
import type { Agreed } from './twilio-number.ts'

const USAGE = `Looks at everything that calls need: settings, keys, the way from outside, Twilio's number, disk, database, LiveKit,
the clock. One line each. Run it beside the server, with the server's settings.
  npm run doctor
    --fix     sets the webhooks of the Twilio number, after asking
    --yes     with --fix: does not ask
Exit code: 0 all is well, 1 something is wrong, 2 the command makes no sense.`

const MARKS: Readonly<Record<Finding['kind'], string>> = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' }
const say = ({ kind, what, told }: Finding): void =>
  void process.stdout.write(`${MARKS[kind]}  ${what}: ${told.replaceAll(/\s+/g, ' ')}\n`)

const asking: Agreed = async question => {
  // Nobody is there to answer.
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

function settingsOf(): Settings | readonly Finding[] {
  try {
    readEnvFile()
    return readSettings(process.env)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(problem => wrong('settings', problem))
    if (error instanceof StartError) return [wrong('settings', error.message)]
    throw error
  }
}

async function main(): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({ options: { fix: flag, yes: flag, help: flag } })
  if (values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const node = nodeFinding(process.versions.node)
  say(node)
  const settings = settingsOf()
  if (!('PORT' in settings)) {
    for (const finding of settings) say(finding)
    return 1
  }
  say(ok('settings', `for ${settings.NODE_ENV}, agent ${settings.AGENT}`))
  const { examined } = await import('./doctor.ts')
  const { upgradeOver } = await import('./upgrade.ts')
  const fix = values.fix ? (values.yes ? async () => true : asking) : undefined
  const findings = await examined(
    { settings, clock, network, upgrade: upgradeOver(network), fix },
    new AbortController().signal,
  )
  for (const finding of findings) say(finding)
  return [node, ...findings].some(({ kind }) => kind === 'wrong') ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  const isTyped = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isTyped) throw error
  process.stderr.write(`${error.message}\n${USAGE}\n`)
  process.exitCode = 2
}
