import { KNOWN, type OfferedTool } from '../named-tool.ts'
import { type ModelMessage, SCRIPTED, type ScriptedAnswer } from '../scripted-model.ts'
import { fromDocuments, SEARCH } from './from-documents.ts'
import { missingOf, saidArguments } from './said-arguments.ts'
import { waitedFor } from './waited-for.ts'
import { placeIn, type Schema, schema, tellingWords } from './words-in-schema.ts'

/** A word of the tool's name counts for more than one of its description; a value that it takes for most. */
const OF_NAME = 3
const OF_VALUE = 4
const LEAST = 3
const CORRECTS = /\b(?:actually|no|wait|i meant|instead|make (?:it|that)|change|rather|only|sorry)\b/i
const ENDS = /\b(?:bye|goodbye|that'?s (?:all|it)|that is all|no,? thank(?:s| you)|nothing else)\b/i
const THANKS = /\b(?:thanks|thank you)\b/i
const GREETS = /^\W*(?:hello|hi|good (?:morning|evening|afternoon))\b/i
const TOOK_OVER = /^(?:Result of \w+: )?The agent [\w-]+ has given the call to you/
const ASIDE = / \(Not to be said\b.*\)$/s
const say = (text: string): ScriptedAnswer => ({ kind: 'say', text })

interface Tool {
  /** In words. */
  readonly name: string
  /** By its name. */
  readonly called: string
  readonly about: string
  readonly schema: Schema
}

interface Called {
  readonly tool: Tool
  readonly given: Readonly<Record<string, unknown>>
}

/**
 * Answers for an agent that no script knows, by its tools alone: calls the tool whose name, description and values are in the
 * caller's words, with what those words give of its arguments; asks for what is missing; takes a correction; and says what a
 * tool has answered. The same conversation gives the same answer.
 */
export function fittingAnswer(messages: readonly ModelMessage[], offered: readonly OfferedTool[]): ScriptedAnswer {
  const tools = offered.filter(({ name }) => !KNOWN.has(name) && name !== SEARCH).map(toolOf)
  const last = messages.at(-1)
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const documents = fromDocuments(messages, text, offered)
  if (last?.role === 'tool' && last.tool === SEARCH && documents) return documents
  if (last?.role === 'tool' && !TOOK_OVER.test(last.content))
    return instructed(last.content, text) ?? say(spokenResult(last.content))
  const takes = tools.map(({ called, schema }) => ({ called, arguments: Object.keys(schema.properties ?? {}) }))
  return (
    waitedFor(messages, text, takes) ??
    answerToQuestion(messages, text, tools) ??
    correction(text, tools, lastCall(messages, tools)) ??
    order(text, tools) ??
    courtesy(text) ??
    documents ??
    askedOf(text, tools) ??
    helpless(tools)
  )
}

/** By which an agent gives the call to another one, and when. */
const HANDS_OVER = /^Gives the call to the agent [\w-]+, who goes on at once\. Use it when (.*)\. Say nothing about it/s

function toolOf({ name, description, parameters }: OfferedTool): Tool {
  const when = HANDS_OVER.exec(description ?? '')?.[1]
  // When to hand over is said in few words, and each of them counts as a name.
  return {
    name: when ?? name,
    called: name,
    about: when ?? description ?? '',
    schema: schema.safeParse(parameters).data ?? {},
  }
}

/** The last question was for one argument: "Which size?" */
function answerToQuestion(messages: readonly ModelMessage[], text: string, tools: readonly Tool[]) {
  const asked = messages.findLast(({ role }) => role === 'assistant')?.content ?? ''
  const found = tools.flatMap(tool =>
    (tool.schema.required ?? []).filter(name => asked.endsWith(questionFor(tool, name))).map(name => ({ tool, name })),
  )[0]
  if (!found) return undefined
  const { tool, name } = found
  const turns = messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const since = sinceOrder(turns, tool)
  const now = saidArguments(text, tool.schema, name)
  // No answer: something else is wanted, or the caller leaves. To ask again and again would keep them for ever.
  if (now[name] === undefined || ENDS.test(text)) return undefined
  const given = [...since.map(turn => saidArguments(turn, tool.schema)), now]
  return called(tool, Object.assign({}, ...given))
}

/** The turns from the one on that began the order. */
function sinceOrder(turns: readonly string[], tool: Tool): readonly string[] {
  const at = turns.findLastIndex((turn, index) => index < turns.length - 1 && scoreOf(turn, tool) >= LEAST)
  return at < 0 ? [] : turns.slice(at, -1)
}

/** "No, three": the last call once more, with what is said now. */
function correction(text: string, tools: readonly Tool[], before: Called | undefined): ScriptedAnswer | undefined {
  if (!before || !CORRECTS.test(text) || ENDS.test(text)) return undefined
  const now = saidArguments(text, before.tool.schema)
  // Another tool may be meant: "no, cancel it".
  const other = tools.find(tool => tool !== before.tool && scoreOf(text, tool) >= LEAST)
  return Object.keys(now).length === 0 || other ? undefined : called(before.tool, { ...before.given, ...now })
}

/** The last call of a tool, with what the caller's words since have given of its arguments. */
function lastCall(messages: readonly ModelMessage[], tools: readonly Tool[]): Called | undefined {
  let last: Called | undefined
  for (const [index, { role, tool: name }] of messages.entries()) {
    const tool = role === 'tool' ? tools.find(one => one.called === name) : undefined
    if (!tool) continue
    const turn = messages.slice(0, index).findLast(one => one.role === 'user')?.content ?? ''
    const given = saidArguments(turn, tool.schema)
    last = { tool, given: last?.tool === tool && CORRECTS.test(turn) ? { ...last.given, ...given } : given }
  }
  return last
}

function order(text: string, tools: readonly Tool[]): ScriptedAnswer | undefined {
  const scored = tools.map(tool => ({ tool, score: scoreOf(text, tool) })).filter(({ score }) => score >= LEAST)
  const best = scored.toSorted((a, b) => b.score - a.score)[0]
  return best && called(best.tool, saidArguments(text, best.tool.schema))
}

function scoreOf(text: string, { name, about, schema: { properties = {} } }: Tool): number {
  const said = new Set(tellingWords(text))
  const ofName = tellingWords(name.replaceAll('_', ' ')).filter(word => said.has(word)).length
  const ofAbout = new Set(tellingWords(about).filter(word => said.has(word))).size
  const ofValues = Object.values(properties)
    .flatMap(property => [property, property.items ?? {}, ...Object.values(property.items?.properties ?? {})])
    .flatMap(({ enum: options = [] }) => options)
    .filter(option => placeIn(text, String(option)) >= 0).length
  return OF_NAME * ofName + ofAbout + OF_VALUE * ofValues
}

function called(tool: Tool, given: Readonly<Record<string, unknown>>): ScriptedAnswer {
  const missing = missingOf(tool.schema, given)
  if (missing !== undefined) return say(questionFor(tool, missing))
  return { kind: 'call', name: tool.called, arguments: given }
}

function questionFor({ schema: { properties = {} } }: Tool, name: string): string {
  const { description, enum: options } = properties[name] ?? {}
  const what = description?.replace(/[.?]+$/, '') ?? name.replaceAll('_', ' ')
  const choice = options && options.length <= 4 ? ` There is ${options.join(', ')}.` : ''
  return `${choice === '' ? '' : choice.trimStart()}${choice === '' ? '' : ' '}Please tell me: ${what}?`
}

/** A flow that has no words for the caller tells the model what to do now: that is not for their ears. */
function instructed(content: string, text: string): ScriptedAnswer | undefined {
  const told = content.replace(/^Result of \w+: /, '')
  if (!/^\{"made":/.test(told) || !/"now":"/.test(told)) return undefined
  return courtesy(text) ?? say('All right. Is there anything else?')
}

/** A tool's words, or its data as words: "total: 12". */
function spokenResult(content: string): string {
  const told = content
    .replace(ASIDE, '')
    .replace(/^Result of \w+: /, '')
    .replace(/^not done\. /, '')
  try {
    return `${inWords(JSON.parse(told))}. Is there anything else?`
  } catch {
    return /[?]$/.test(told) ? told : `${told.replace(/\.$/, '')}. Is there anything else?`
  }
}

function inWords(data: unknown): string {
  if (Array.isArray(data)) return data.map(inWords).join(', ')
  if (typeof data !== 'object' || data === null) return String(data)
  return Object.entries(data)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${inWords(value)}`)
    .join(', ')
}

function courtesy(text: string): ScriptedAnswer | undefined {
  if (ENDS.test(text)) return say("You're welcome. Goodbye!")
  if (THANKS.test(text)) return say("You're welcome. Is there anything else?")
  if (GREETS.test(text)) return say('Hello! What can I do for you?')
  if (/^\W*(?:yes|yeah|sure|okay|ok)\W*$/i.test(text)) return say('Good. What would you like?')
  if (/^\W*no\W*$/i.test(text)) return say('All right. Is there anything else?')
  return undefined
}

/** Somebody is there who answers any question: a tool that takes nothing else. */
function askedOf(text: string, tools: readonly Tool[]): ScriptedAnswer | undefined {
  const asks = tools.find(({ schema: { required = [] } }) => required.length === 1 && required[0] === 'question')
  return asks && text !== '' ? { kind: 'call', name: asks.called, arguments: { question: text } } : undefined
}

function helpless(tools: readonly Tool[]): ScriptedAnswer {
  const names = tools.slice(0, 3).map(({ called }) => called.replaceAll('_', ' '))
  const can = names.length === 0 ? '' : ` I can: ${names.join('; ')}.`
  return say(`${SCRIPTED}${can}`)
}
