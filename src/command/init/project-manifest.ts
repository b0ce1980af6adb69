import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError } from '../../terminal/command-error.ts'

/** What of a project's package.json is read here. */
export interface ProjectManifest {
  readonly type?: unknown
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly [other: string]: unknown
}

const SCRIPTS: Readonly<Record<string, string>> = {
  dev: 'partyline dev',
  console: 'partyline console',
  start: 'partyline start --agents agents',
  test: 'node --test "test/**/*.test.*ts"',
}
/** What `npm init` writes where there are no tests. */
const NO_TEST = /no test specified/

/** The package.json of a folder; undefined where there is none. Throws CommandError where it cannot be read. */
export async function readManifest(folder: string): Promise<ProjectManifest | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as ProjectManifest
  } catch {
    // Told below.
  }
  throw new CommandError('package.json: it cannot be read as JSON; nothing is written.')
}

/**
 * The package.json with what a new agent needs: nothing that is in it is changed. `added` names it; `needs` are the packages that
 * are not in it.
 */
export function mergedManifest(
  manifest: ProjectManifest | undefined,
  own: { readonly name: string; readonly zod: string },
) {
  const scripts = manifest?.scripts ?? {}
  const isFree = (script: string): boolean => scripts[script] === undefined || NO_TEST.test(scripts[script] ?? '')
  const added = Object.keys(SCRIPTS).filter(isFree)
  const isTyped = manifest?.type !== undefined
  const merged = {
    ...(manifest ?? { name: own.name, version: '0.0.0', private: true }),
    ...(!isTyped && { type: 'module' }),
    scripts: { ...scripts, ...Object.fromEntries(added.map(script => [script, SCRIPTS[script]])) },
  }
  const has = manifest?.dependencies ?? {}
  return {
    text: `${JSON.stringify(merged, null, 2)}\n`,
    added: [...(isTyped ? [] : ['"type": "module"']), ...added.map(script => `the script ${script}`)],
    needs: [...('partyline' in has ? [] : ['PARTYLINE.tgz']), ...('zod' in has ? [] : [`zod@${own.zod}`])],
  }
}
