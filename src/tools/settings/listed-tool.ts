import type { Tool } from '@modelcontextprotocol/client'
import { complaint } from '../running/complaint.ts'
import { cutToSize, plainText } from '../running/plain-text.ts'
import { type Check, schemaChecks } from '../running/schema-check.ts'
import { toolWithoutSecrets } from '../running/with-texts.ts'
import { modelSchema, outsideReference } from './model-schema.ts'
import { offeredName, ownName } from './offered-name.ts'
import type { Schema } from './schema-walk.ts'

/** As for the key of a call. */
const KEY_META = 'partyline/idempotencyKey'
const MOST_TOOLS = 256
const LONGEST_DESCRIPTION = 1_024
const LONGEST_TITLE = 60
const MOST_SCHEMA = 32_000
/** Of all tools of one server together. */
const MOST_SCHEMAS = 512_000

/** A tool as its server announced it, made safe to offer. */
export interface ListedTool {
  /** The name under which it is offered. */
  readonly name: string
  /** Its name on the server. */
  readonly serversName: string
  readonly title: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>
  /** The server's own claim, which may be false. */
  readonly readOnly: boolean
  /** The server's own claim: it makes a change once per idempotency key. */
  readonly keyed: boolean
  /** Its changes may be irreversible. */
  readonly destructive: boolean
  /** What is wrong with the arguments; undefined if nothing is. */
  readonly wrongArguments: (given: Readonly<Record<string, unknown>>) => string | undefined
  /** What is wrong with the structured content of a result; undefined if nothing is. */
  readonly wrongResult: (structured: unknown) => string | undefined
}

/**
 * The tools of a server's list that can be offered. `refuse` is called for each other tool, with the reason; `hide` removes
 * secrets from what the others tell of themselves.
 */
export function listedTools(
  tools: readonly Tool[],
  refuse: (tool: string, why: string) => void,
  hide: (text: string) => string = text => text,
): readonly ListedTool[] {
  const checkOf = schemaChecks()
  const listed = new Map<string, ListedTool>()
  const seen = new Set<string>()
  const own = new Set(tools.map(({ name }) => name))
  let size = 0
  for (const tool of tools) {
    const input = JSON.stringify(tool.inputSchema).length
    const output = JSON.stringify(tool.outputSchema ?? {}).length
    const offered = offeredName(tool.name)
    const isTaken = listed.has(offered) || (offered !== tool.name && own.has(offered))
    const name = isTaken ? ownName(tool.name) : offered
    if (name === '') refuse(tool.name, 'it has no name')
    else if (seen.has(tool.name)) refuse(tool.name, 'its server lists it twice')
    else if (listed.size >= MOST_TOOLS) refuse(tool.name, `its server lists more than ${MOST_TOOLS}`)
    else if (input > MOST_SCHEMA) refuse(tool.name, 'its schema is too large')
    else if (output > MOST_SCHEMA) refuse(tool.name, 'the schema of its results is too large')
    else if (size + input + output > MOST_SCHEMAS) refuse(tool.name, 'the schemas of its server are too large together')
    else {
      size += input + output
      seen.add(tool.name)
      try {
        const found = listedTool(toolWithoutSecrets(tool, hide), name, checkOf)
        if (typeof found === 'string') refuse(tool.name, found)
        else listed.set(name, found)
      } catch (error) {
        refuse(tool.name, `its schema cannot be used: ${String(error)}`)
      }
    }
  }
  return [...listed.values()]
}

/** The tool, or why it cannot be offered. */
function listedTool(tool: Tool, name: string, checkOf: (schema: Schema) => Check): ListedTool | string {
  const { description = '', inputSchema, outputSchema, annotations } = tool
  const read = modelSchema(inputSchema)
  if (read.kind === 'refused') return `its schema cannot be used: ${read.why}`
  const outside = outputSchema && outsideReference(outputSchema)
  if (outside !== undefined) return `the schema of its results cannot be used: ${outside}`
  const title = plainText(tool.title ?? annotations?.title ?? tool.name.replace(/[_./-]+/g, ' '))
  const readOnly = annotations?.readOnlyHint === true
  const checkArguments = checkOf(inputSchema)
  const checkResult = outputSchema && checkOf(outputSchema)
  return {
    name,
    serversName: tool.name,
    title: title.slice(0, LONGEST_TITLE).toWellFormed(),
    description: cutToSize(plainText(description) || title, LONGEST_DESCRIPTION),
    parameters: read.schema,
    readOnly,
    keyed: tool._meta?.[KEY_META] === true,
    destructive: annotations?.destructiveHint !== false,
    wrongArguments: given => complaint(checkArguments(given), inputSchema),
    wrongResult: structured => {
      if (!checkResult) return undefined
      return structured === undefined ? 'there is no structured content' : checkResult(structured)
    },
  }
}
