import { z } from 'zod'
import { jsonSpans } from './json-spans.ts'

/** A tool call that a model wrote as text. */
export interface WrittenCall {
  readonly name: string
  readonly arguments: string
}

/** Text that can be passed on, and the calls that were found in the rest. */
export interface Sorted {
  readonly text: string
  readonly calls: readonly WrittenCall[]
}

/** How the chat templates of Hermes, Qwen, Llama, Mistral and Granite begin a call. */
const OPENERS = [
  '<tool_call>',
  '<function=',
  '<function_call>',
  '<|python_tag|>',
  '<|tool_call|>',
  '[TOOL_CALLS]',
  '```',
]
/** An answer that begins with JSON is a call without marks, as Llama writes it. */
const BEGINS_WITH_JSON = /^\s*(?:\{|\[\s*\{)/
const MAY_BEGIN_WITH_JSON = /^\s*(?:\[\s*)?$/
const LONGEST_HELD = 8_000
const NAME_BEFORE =
  /(?:<function=|\[TOOL_CALLS\]|<\|python_tag\|>)\s*([\w.-]+)\s*(?:>|(?:\[CALL_ID\]\w*)?\[ARGS\])?\s*$/
const XML_CALL = /<function=([\w.-]+)>([^{]*?)(?:<\/function>|$)/g
const XML_ARGUMENT = /<parameter=([\w.-]+)>\n?([^<]*?)\n?<\/parameter>/g
const MARKS =
  /<\/?(?:tool_calls?|function_call|function)(?:=[\w.-]+)?>|<\|\w+\|>|\[(?:TOOL_CALLS|ARGS)\]|```(?:json|tool_call|tool_code)?/g

/**
 * Finds tool calls in a model's text, because many servers pass on what they do not recognise. Only the names of offered
 * tools count. Text from the first sign of a call on is held back until the answer is complete.
 */
export class WrittenCalls {
  readonly #names: ReadonlySet<string>
  #held = ''
  #isHolding = false
  #hasBegun = false

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  /** The text that can be passed on now. */
  push(text: string): string {
    if (this.#names.size === 0) return text
    this.#held += text
    if (!this.#isHolding) return this.#passed()
    return this.#held.length > LONGEST_HELD ? this.#rest() : ''
  }

  /** What is left when the answer is complete. */
  end(): Sorted {
    return this.#isHolding ? sorted(this.#rest(), this.#names) : { text: this.#rest(), calls: [] }
  }

  #rest(): string {
    const held = this.#held
    this.#held = ''
    return held
  }

  #passed(): string {
    const at = this.#hasBegun || !BEGINS_WITH_JSON.test(this.#held) ? openerIn(this.#held) : 0
    if (at !== undefined) this.#isHolding = true
    const waits = !this.#hasBegun && MAY_BEGIN_WITH_JSON.test(this.#held)
    const end = at ?? (waits ? 0 : this.#held.length - openingEnd(this.#held))
    const passed = this.#held.slice(0, end)
    this.#held = this.#held.slice(end)
    if (passed.trim() !== '') this.#hasBegun = true
    return passed
  }
}

function openerIn(text: string): number | undefined {
  const found = OPENERS.map(opener => text.indexOf(opener)).filter(at => at >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}

/** How many letters at the end may be the beginning of an opener. */
function openingEnd(text: string): number {
  const longest = Math.max(...OPENERS.map(({ length }) => length)) - 1
  const lengths = Array.from({ length: Math.min(longest, text.length) }, (_, index) => index + 1)
  return lengths.findLast(length => OPENERS.some(opener => opener.startsWith(text.slice(-length)))) ?? 0
}

/** Without a call the text stays as it is. */
function sorted(held: string, names: ReadonlySet<string>): Sorted {
  const spans = jsonSpans(held).map(({ start, end }) => {
    const named = held.slice(Math.max(0, start - LONGEST_HEAD), start).match(NAME_BEFORE)?.[1]
    return { start, end, calls: callsIn(parsed(held.slice(start, end)), named, names) }
  })
  const asXml = [...held.matchAll(XML_CALL)].flatMap(([, name = '', body = '']) => {
    if (!names.has(name)) return []
    const given = [...body.matchAll(XML_ARGUMENT)].map(([, key = '', value = '']) => [key, value] as const)
    return [{ name, arguments: JSON.stringify(Object.fromEntries(given)) }]
  })
  const calls = [...spans.flatMap(span => span.calls), ...asXml]
  if (calls.length === 0) return { text: held, calls }
  const used = spans.filter(span => span.calls.length > 0)
  const outside = [...used, { start: held.length, end: held.length }]
    .map(({ start }, index) => held.slice(used[index - 1]?.end ?? 0, start).replace(NAME_BEFORE, ''))
    .join(' ')
  const left = outside.replace(XML_CALL, ' ').replace(MARKS, ' ').replace(/\s+/g, ' ').trim()
  return { text: /[\p{L}\p{N}]/u.test(left) ? left : '', calls }
}
const LONGEST_HEAD = 120

const object = z.record(z.string(), z.unknown())
const NAME_KEYS = ['name', 'function', 'tool', 'tool_name']
const ARGUMENT_KEYS = ['arguments', 'parameters', 'args', 'input']
const OTHER_KEYS = ['type', 'id']

/** The calls that a JSON value is; `named` is the name that was written before it. */
function callsIn(value: unknown, named: string | undefined, names: ReadonlySet<string>): readonly WrittenCall[] {
  if (Array.isArray(value)) return value.flatMap(one => callsIn(one, named, names))
  const read = object.safeParse(value)
  if (!read.success) return []
  const given = read.data
  if (named !== undefined && names.has(named)) return [{ name: named, arguments: JSON.stringify(given) }]
  if ('tool_calls' in given) return callsIn(given.tool_calls, undefined, names)
  if (object.safeParse(given.function).success) return callsIn(given.function, undefined, names)
  const name = NAME_KEYS.map(key => given[key]).find(one => typeof one === 'string' && names.has(one))
  const key = ARGUMENT_KEYS.find(one => one in given)
  const known = [...NAME_KEYS, ...ARGUMENT_KEYS, ...OTHER_KEYS]
  if (typeof name !== 'string' || !Object.keys(given).every(one => known.includes(one))) return []
  const args = key === undefined ? {} : given[key]
  return [{ name, arguments: typeof args === 'string' ? args : JSON.stringify(args) }]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
