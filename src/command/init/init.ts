import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { AGENT_LANGUAGES, type AgentLanguage } from '../../agents/agent-languages.ts'
import { CommandError } from '../../terminal/command-error.ts'
import { agentText } from './agent-text.ts'
import { mergedManifest, type ProjectManifest, readManifest } from './project-manifest.ts'
import { testText } from './test-text.ts'
import { ENV_TEXT, IGNORED_TEXT, readmeText } from './texts.ts'

/** Asks whoever sits there. Rejects with a CommandError when they leave. */
export interface Asking {
  /** The answer, or `otherwise` where they only press Enter. */
  question(text: string, otherwise: string): Promise<string>
  agree(text: string, otherwise: boolean): Promise<boolean>
}

export interface InitOptions {
  readonly name?: string | undefined
  readonly language?: AgentLanguage | undefined
  /** Takes what is usual in place of asking, and overwrites nothing. */
  readonly yes?: true | undefined
}

interface Planned {
  /** Seen from the folder, with forward slashes. */
  readonly path: string
  readonly text: string
}

export const NAME = /^[a-z][a-z0-9-]{0,39}$/
const NAME_RULE = 'small letters, digits and hyphens, and a letter first'

/**
 * Writes a new agent into a folder, with its test and what it takes to run it. What is there already is overwritten only
 * after a question. Throws CommandError; then, and when somebody leaves at a question, nothing more is written.
 */
export async function init(
  folder: string,
  { name: given, language: chosen, yes }: InitOptions,
  asking: Asking | undefined,
  say: (line: string) => void,
): Promise<void> {
  const root = resolve(folder)
  const there = await stat(root).catch(() => undefined)
  if (there && !there.isDirectory()) throw new CommandError(`${folder}: it is a file; a folder is needed.`)
  if (!yes && !asking && (given === undefined || chosen === undefined))
    throw new CommandError('Nobody is there to ask: give --name and --language, or --yes.')
  const questions = yes ? undefined : asking
  const name = given ?? (await askedName(usualName(root), questions, say))
  if (!NAME.test(name)) throw new CommandError(`--name: "${name}" must be ${NAME_RULE}.`)
  const language = chosen ?? (await askedLanguage(questions, say))
  const manifest = await readManifest(root)
  const plan = plannedFiles(name, language, holdsModules(manifest, root))
  const written: string[] = []
  for (const file of plan) if (await place(root, file, questions, say)) written.push(file.path)
  const needs = await placeManifest(root, name, manifest, questions, say)
  if (written.length === 0) say('Nothing had to be written.')
  const inFolder = root === process.cwd() ? '' : `cd ${folder} && `
  if (needs.length > 0) say(`Install what it needs:  ${inFolder}npm install --ignore-scripts ${needs.join(' ')}`)
  say(`Ring it:  ${inFolder}npx partyline dev`)
}

function usualName(root: string): string {
  const own = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
  return NAME.test(own) ? own : 'pizza'
}

async function askedName(usual: string, asking: Asking | undefined, say: (line: string) => void): Promise<string> {
  for (;;) {
    const name = (await asking?.question('What is the agent for? Its name', usual)) ?? usual
    if (NAME.test(name)) return name
    say(`It must be ${NAME_RULE}.`)
  }
}

async function askedLanguage(asking: Asking | undefined, say: (line: string) => void): Promise<AgentLanguage> {
  for (;;) {
    const said = (await asking?.question(`Which language does it speak? ${AGENT_LANGUAGES.join(', ')}`, 'en')) ?? 'en'
    const language = AGENT_LANGUAGES.find(code => code === said.toLowerCase())
    if (language) return language
    say(`It must be one of ${AGENT_LANGUAGES.join(', ')}.`)
  }
}

/** Whether Node takes a `.ts` of this folder for a module; where it does not, `.mts` is one. */
const holdsModules = (manifest: ProjectManifest | undefined, root: string): boolean =>
  manifest?.type === 'module' || (manifest?.type === undefined && !existsSync(join(root, 'index.js')))

function plannedFiles(name: string, language: AgentLanguage, isModule: boolean): readonly Planned[] {
  const end = isModule ? 'ts' : 'mts'
  const [agentFile, testFile] = [`agents/${name}.${end}`, `test/${name}.test.${end}`]
  return [
    { path: agentFile, text: agentText(name, language) },
    { path: testFile, text: testText(`../${agentFile}`, language) },
    { path: '.env.example', text: ENV_TEXT },
    { path: '.gitignore', text: IGNORED_TEXT },
    { path: 'README.md', text: readmeText(name, agentFile, testFile) },
  ]
}

async function place(
  root: string,
  { path, text }: Planned,
  asking: Asking | undefined,
  say: (line: string) => void,
): Promise<boolean> {
  const file = join(root, path)
  const before = await readFile(file, 'utf8').catch(() => undefined)
  if (before === text) return false
  const mayWrite = before === undefined || (await asking?.agree(`${path} is there already. Overwrite it?`, false))
  if (!mayWrite) {
    say(`kept     ${path}, which is there already`)
    return false
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text, { flag: before === undefined ? 'wx' : 'w' })
  say(`${before === undefined ? 'written ' : 'replaced'} ${path}`)
  return true
}

/** Gives the packages that are still to be installed. */
async function placeManifest(
  root: string,
  name: string,
  manifest: ProjectManifest | undefined,
  asking: Asking | undefined,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const { text, added, needs } = mergedManifest(manifest, { name, zod: packageJson.dependencies.zod })
  if (added.length === 0) return needs
  const what = added.join(', ')
  if (manifest && asking && !(await asking.agree(`package.json is there already. Add ${what} to it?`, true))) {
    say('kept     package.json as it is')
    return needs
  }
  await mkdir(root, { recursive: true })
  await writeFile(join(root, 'package.json'), text)
  say(manifest ? `added    ${what} to package.json` : 'written  package.json')
  return needs
}
