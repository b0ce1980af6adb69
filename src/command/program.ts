import { Argument, Command } from '@commander-js/extra-typings'
import packageJson from '../../package.json' with { type: 'json' }
import { COMPLETIONS, commandsOf } from './completion.ts'
import { initCommand } from './init/command.ts'
import { callCommand, compareCommand, costCommand, doctorCommand, replayCommand } from './known-commands.ts'
import { GIVEN, SCRIPTS, type ScriptCommand } from './names.ts'
import { runScript } from './run-script.ts'
import { consoleCommand, devCommand, startCommand } from './run-server.ts'

/** All that `partyline` can be told, with its help. Nothing of a command is loaded before it is run. */
export function program(): Command {
  const all = new Command('partyline')
    .description(
      'Partyline answers the phone: agents that listen, think, speak, and stop at once when somebody talks over them.',
    )
    .version(`Partyline ${packageJson.version} on Node ${process.versions.node}`, '-V, --version')
    .showHelpAfterError('(--help says what can be typed)')
    .configureHelp({ sortSubcommands: false })
    .helpCommand('help [command]', 'what a command can be told')
    .addCommand(initCommand())
    .addCommand(devCommand())
    .addCommand(consoleCommand())
    .addCommand(startCommand())
    .addCommand(callCommand())
    .addCommand(replayCommand())
    .addCommand(doctorCommand())
    .addCommand(costCommand())
    .addCommand(compareCommand())
    .commandsGroup('Beside them:')
  for (const [name, script] of Object.entries(SCRIPTS)) all.addCommand(scriptCommand(name, script))
  all.addCommand(completionCommand(all))
  // A mistake is thrown, so that `partyline.ts` alone decides on exit codes.
  all.exitOverride()
  for (const command of all.commands) {
    command.copyInheritedSettings(all)
    // Which copies the help option, too: a script has its own.
    if (command.name() in SCRIPTS) command.helpOption(false)
  }
  return all
}

/** What is typed goes to the script as it is, and `--help` too. */
const scriptCommand = (name: string, { about, file }: ScriptCommand) =>
  new Command(name)
    .summary(about)
    .helpOption(false)
    .allowUnknownOption()
    .argument('[words...]')
    .action(words => runScript(name, file, [...(GIVEN[name] ?? []), ...words]))

const completionCommand = (all: Command) =>
  new Command('completion')
    .summary('prints what a shell needs to complete these commands')
    .description(
      'Prints what a shell needs to complete these commands:\n' +
        '  bash  partyline completion bash >> ~/.bashrc\n' +
        '  zsh   partyline completion zsh > ~/.zfunc/_partyline\n' +
        '  fish  partyline completion fish > ~/.config/fish/completions/partyline.fish',
    )
    .addArgument(new Argument('<shell>', 'which one').choices(['bash', 'zsh', 'fish'] as const))
    .action(shell => void process.stdout.write(COMPLETIONS[shell](commandsOf(all))))
