import type { Tool } from '@modelcontextprotocol/client'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import { z } from 'zod'
import { cutToSize, plainText } from './plain-text.ts'

const MOST_TOOLS = 256
const LONGEST_DESCRIPTION = 1_024
const LONGEST_TITLE = 60
const MOST_SCHEMA = 32_000
/** What the models take for a name. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/

/** A tool as its server announced it, made safe to offer. */
export interface ListedTool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>
  /** What its server says of it, which need not be true. */
  readonly readOnly: boolean
  /** If it changes anything, that may not be taken back. */
  readonly destructive: boolean
  /** What is wrong with the arguments; undefined if nothing is. */
  readonly wrongArguments: (given: Readonly<Record<string, unknown>>) => string | undefined
  /** What is wrong with the structured content of a result; undefined if nothing is. */
  readonly wrongResult: (structured: unknown) => string | undefined
}

/** Takes what can be offered from a server's list; `refuse` hears of each tool that cannot, and why. */
export function listedTools(
  tools: readonly Tool[],
  refuse: (tool: string, why: string) => void,
): readonly ListedTool[] {
  // One for each list: this validator keeps schemas by their $id, and one server's must not stand for another's.
  const validator = new AjvJsonSchemaValidator()
  const listed = new Map<string, ListedTool>()
  for (const tool of tools) {
    if (!NAME.test(tool.name)) refuse(tool.name, 'its name is not one of letters, digits, _ and -')
    else if (listed.has(tool.name)) refuse(tool.name, 'its server lists it twice')
    else if (listed.size >= MOST_TOOLS) refuse(tool.name, `its server lists more than ${MOST_TOOLS}`)
    else if (JSON.stringify(tool.inputSchema).length > MOST_SCHEMA) refuse(tool.name, 'its schema is too large')
    else {
      try {
        listed.set(tool.name, listedTool(tool, validator))
      } catch (error) {
        refuse(tool.name, `its schema cannot be used: ${String(error)}`)
      }
    }
  }
  return [...listed.values()]
}

function listedTool(tool: Tool, validator: AjvJsonSchemaValidator): ListedTool {
  const { name, description = '', inputSchema, outputSchema, annotations } = tool
  const title = plainText(tool.title ?? annotations?.title ?? name.replace(/[_-]+/g, ' '))
  const readOnly = annotations?.readOnlyHint === true
  const checkArguments = checkOf(validator, inputSchema)
  const checkResult = outputSchema && checkOf(validator, outputSchema)
  return {
    name,
    title: title.slice(0, LONGEST_TITLE).toWellFormed(),
    description: cutToSize(plainText(description) || title, LONGEST_DESCRIPTION),
    parameters: inputSchema,
    readOnly,
    destructive: annotations?.destructiveHint !== false,
    wrongArguments: given => checkArguments(given)?.replaceAll('data/', '').replaceAll('data must', 'must'),
    wrongResult: structured => {
      if (!checkResult) return undefined
      return structured === undefined ? 'there is no structured content' : checkResult(structured)
    },
  }
}

type Check = (value: unknown) => string | undefined

const jsonObject = z.record(z.string(), z.json())

function checkOf(validator: AjvJsonSchemaValidator, schema: object): Check {
  const { $id: _, ...anonymous } = jsonObject.parse(schema)
  const check = validator.getValidator(anonymous)
  return value => check(value).errorMessage
}
