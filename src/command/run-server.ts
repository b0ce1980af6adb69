import { existsSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { NODE_OPTIONS } from '../sandbox/server-process.ts'
import { CommandError } from '../terminal/command-error.ts'
import { becomeServer } from './run-script.ts'

const USUAL_FOLDER = './agents'
const SETTINGS =
  '\nSettings come from the environment, and from .env in this folder. Ctrl-C waits for live calls; a second one ends them.\n'

export const startCommand = () =>
  new Command('start')
    .summary('starts the server')
    .description('Starts the server: it answers calls until it is stopped.')
    .option(
      '--agents <files>',
      'your own agents: files, or a folder of them (default: PARTYLINE_AGENTS, or the Task Manager)',
    )
    .option('--fixtures <folder>', 'where fixtures are written that staff make of calls')
    .addHelpText('after', SETTINGS)
    .action(async ({ agents, fixtures }) => {
      if (agents !== undefined) process.env.PARTYLINE_AGENTS = agents
      await becomeServer(NODE_OPTIONS, fixtures === undefined ? [] : ['--fixtures', fixtures])
    })

export const devCommand = () =>
  new Command('dev')
    .summary('starts the server, and loads your agents anew when you save them')
    .description(
      'Starts the server with your own agents. What you save is in force with the next call; a call that goes on keeps the agent that\n' +
        'it began with. What does not load is told in a line, and the agents of before stay.',
    )
    .option(
      '--agents <files>',
      `files of agents, or a folder of them (default: PARTYLINE_AGENTS, else ${USUAL_FOLDER})`,
    )
    .addHelpText('after', SETTINGS)
    .action(async ({ agents }) => {
      await chooseAgents(agents)
      await becomeServer(NODE_OPTIONS, ['--watch'])
    })

/** Says by PARTYLINE_AGENTS whose agents these are. Throws CommandError where none are named and the usual folder is not there. */
export async function chooseAgents(agents: string | undefined): Promise<void> {
  const { readEnvFile } = await import('../env-file.ts')
  readEnvFile()
  if (agents === undefined && process.env.PARTYLINE_AGENTS) return
  if (agents === undefined && !existsSync(USUAL_FOLDER))
    throw new CommandError('There is no folder agents here. "partyline init" writes one; --agents names another place.')
  process.env.PARTYLINE_AGENTS = agents ?? USUAL_FOLDER
}

export const consoleCommand = () =>
  new Command('console')
    .summary('talks to an agent by text, in this terminal')
    .description(
      "Talks to an agent in this terminal: the same conversation as on the telephone, in real time, with the agent's model and\n" +
        'tools, but without sound. Nothing is recorded.',
    )
    .argument('[agent]', 'which one, where there are several')
    .option(
      '--agents <files>',
      `files of agents, or a folder of them (default: PARTYLINE_AGENTS, else ${USUAL_FOLDER})`,
    )
    .option('--mic', 'by microphone: rings the server that runs on this machine, as "partyline call --mic" does')
    .action(async (agent, { agents, mic }) => {
      if (mic) {
        const { callCommand } = await import('./known-commands.ts')
        return void (await callCommand().parseAsync(['--mic'], { from: 'user' }))
      }
      if (agents !== undefined || agent === undefined || existsSync(USUAL_FOLDER)) await chooseAgents(agents)
      const { talkByText } = await import('../console/console.ts')
      await talkByText(agent)
    })
