import { parse, YAMLParseError } from 'yaml'
import { AgentFileError } from './read-agent.ts'

/** The parts between the lines of three hyphens, and all that follows them. */
const PARTS = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n([\s\S]*))?$/

/**
 * An agent in Markdown: its parts as YAML between two lines of three hyphens, and its instructions below. It has no functions,
 * but tools of MCP servers. What it gives is not checked yet. Throws AgentFileError where it cannot be read.
 */
export function markdownAgent(text: string, file: string): unknown {
  const [, front, body = ''] = PARTS.exec(text) ?? []
  if (front === undefined)
    throw new AgentFileError(`${file}: must begin with the agent's parts between two lines of three hyphens`)
  let parts: unknown
  try {
    // No aliases: a few lines of them would make a document of gigabytes.
    parts = parse(front, { maxAliasCount: 0, prettyErrors: true })
  } catch (error) {
    const at = error instanceof YAMLParseError ? error.linePos?.[0] : undefined
    const where = at ? ` (line ${at.line + 1}, column ${at.col})` : ''
    const why = error instanceof Error ? error.message.split('\n')[0]?.replace(/ at line .*/, '') : String(error)
    throw new AgentFileError(`${file}: its parts are not YAML${where}: ${why}`)
  }
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts))
    throw new AgentFileError(`${file}: its parts must be lines such as \`name: pizza\``)
  if ('instructions' in parts)
    throw new AgentFileError(`${file}: instructions: they stand below the second line of hyphens`)
  return { ...parts, instructions: body.trim() }
}
