import { createInterface } from 'node:readline/promises'
import { systemClock as clock } from '../clock.ts'
import { readSettings, type Settings, SettingsError } from '../config.ts'
import { readEnvFile } from '../env-file.ts'
import { systemNetwork as network } from '../network.ts'
import { StartError } from '../start-error.ts'
import { type Finding, ok, wrong } from './finding.ts'
import { nodeFinding } from './machine.ts'
import type { Agreed } from './twilio-number.ts'

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

export interface DoctorOptions {
  /** Sets the webhooks of the Twilio number, after asking. */
  readonly fix?: true | undefined
  /** Does not ask. */
  readonly yes?: true | undefined
}

/**
 * Looks at everything that calls need, with the settings of this folder, and prints a line for each. Resolves with the exit
 * code: 1 where something is wrong.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
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
  const fix = options.fix ? (options.yes ? async () => true : asking) : undefined
  const findings = await examined(
    { settings, clock, network, upgrade: upgradeOver(network), fix },
    new AbortController().signal,
  )
  for (const finding of findings) say(finding)
  return [node, ...findings].some(({ kind }) => kind === 'wrong') ? 1 : 0
}
