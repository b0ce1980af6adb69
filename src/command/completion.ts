import type { Command } from '@commander-js/extra-typings'

/** What can be typed: for each command its options and the words that it knows. */
export interface CompletedCommand {
  readonly name: string
  readonly about: string
  readonly options: readonly string[]
  readonly words: readonly string[]
}

type Shell = 'bash' | 'zsh' | 'fish'

/** The commands of a program, as shells are told of them. */
export const commandsOf = (program: Pick<Command, 'commands'>): readonly CompletedCommand[] =>
  program.commands.map(command => ({
    name: command.name(),
    about: command.summary() || command.description(),
    options: command.options.flatMap(({ long }) => long ?? []),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }))

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Where none of these words fits, all three shells complete names of files. */
export const COMPLETIONS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: commands => `# partyline completion bash
_partyline() {
  local known
  if [ "$COMP_CWORD" -eq 1 ]; then
    known="${commands.map(({ name }) => name).join(' ')} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(({ name, options, words }) => `      ${name}) known="${[...words, ...options, '--help'].join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$known" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -o bashdefault -F _partyline partyline
`,
  zsh: commands => `#compdef partyline
_partyline() {
  if (( CURRENT == 2 )); then
    local -a known=(
${commands.map(({ name, about }) => `      ${quoted(`${name.replaceAll(':', '\\:')}:${about}`)}`).join('\n')}
    )
    _describe command known
    return
  fi
  local -a known
  case "$words[2]" in
${commands.map(({ name, options, words }) => `    ${name}) known=(${[...words, ...options, '--help'].join(' ')}) ;;`).join('\n')}
  esac
  compadd -a known
  _files
}
if [ "$funcstack[1]" = _partyline ]; then _partyline "$@"; else compdef _partyline partyline; fi
`,
  fish: commands => `# partyline completion fish
complete -c partyline -n __fish_use_subcommand -f
${commands
  .flatMap(({ name, about, options, words }) => [
    `complete -c partyline -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
    ...options.map(option => `complete -c partyline -n "__fish_seen_subcommand_from ${name}" -l ${option.slice(2)}`),
    ...words.map(word => `complete -c partyline -n "__fish_seen_subcommand_from ${name}" -a ${word}`),
  ])
  .join('\n')}
`,
}
