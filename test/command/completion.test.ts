import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { COMPLETIONS, commandsOf } from '../../src/command/completion.ts'
import { program } from '../../src/command/program.ts'

const commands = commandsOf(program())

/** What bash offers for these words, of which the last is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${COMPLETIONS.bash(commands)}
COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_partyline; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
}

test('bash completes commands, their options and the words that they know', () => {
  expect(offered('partyline', 'co')).toEqual(['console', 'cost', 'compare', 'completion'])
  expect(offered('partyline', 'cost', '--w')).toEqual(['--what-if'])
  expect(offered('partyline', 'compare', 'S')).toEqual(['STT'])
  expect(offered('partyline', 'nonsense', '')).toEqual([''])
})

test('zsh and fish are told the same', () => {
  const [zsh, fish] = [COMPLETIONS.zsh(commands), COMPLETIONS.fish(commands)]
  expect(zsh).toMatch(/^#compdef partyline\n/)
  expect(zsh).toContain(String.raw`'staff\:password:makes the hash`)
  expect(fish).toContain('complete -c partyline -n "__fish_seen_subcommand_from replay" -l patience-ms')
  // A word of the help ends no quote.
  for (const script of [zsh, fish]) expect((script.match(/'/g) ?? []).length % 2).toBe(0)
})
