import { Argument, Command, Option } from '@commander-js/extra-typings'

export const initCommand = () =>
  new Command('init')
    .summary('writes an agent of your own, with its test')
    .description(
      'Writes an agent of your own into a folder: the agent, its test, a README, and what package.json needs to run them. Asks for\n' +
        'its name and language, and overwrites nothing without a question.',
    )
    .addArgument(new Argument('[folder]', 'where it is put').default('.'))
    .option('--name <name>', "the agent's name: small letters, digits and hyphens (default: the folder's)")
    .addOption(new Option('--language <code>', 'the language that it speaks').choices(['en', 'de', 'es'] as const))
    .option('--yes', 'does not ask: takes what is usual, and keeps what is there')
    .action(async (folder, options) => {
      const [{ init }, { askingHere }] = await Promise.all([import('./init.ts'), import('./at-the-terminal.ts')])
      const asking = options.yes ? undefined : askingHere()
      try {
        await init(folder, options, asking, line => void process.stdout.write(`${line}\n`))
      } finally {
        asking?.close()
      }
    })
