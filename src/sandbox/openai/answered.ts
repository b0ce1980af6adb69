import { callNotes } from './call-notes.ts'
import { fittingAnswer } from './fitting/fitting-tool.ts'
import { interpreted } from './interpreter/interpreted.ts'
import { namedToolCall, type OfferedTool } from './named-tool.ts'
import { type ModelMessage, type ScriptedAnswer, scriptedAnswer } from './scripted-model.ts'
import { scriptedTaskAnswer } from './task-model.ts'

/** What the sandbox's model answers, in whatever words a vendor's protocol has for it. */
export function answered(messages: readonly ModelMessage[], offered: readonly OfferedTool[]): ScriptedAnswer {
  const tools = offered.map(({ name }) => name)
  const scripted = (): ScriptedAnswer => {
    if (tools.includes('create_task')) return scriptedTaskAnswer(messages, tools)
    const isKnown = tools.length === 0 || tools.some(name => name === 'book' || name === 'look_up')
    return isKnown ? scriptedAnswer(messages, tools) : fittingAnswer(messages, offered)
  }
  return interpreted(messages) ?? callNotes(messages) ?? namedToolCall(messages, offered) ?? scripted()
}

/** Tokens of up to five characters, each with the space before it. */
export const tokensOf = (text: string): readonly string[] => text.match(/\s*\S{1,5}/g) ?? []

/** An answer as it is written: its text, or the arguments of its call. */
export const writtenOf = (answer: ScriptedAnswer): string =>
  answer.kind === 'say' ? answer.text : JSON.stringify(answer.arguments)

/** The scripts answer the caller; what our server adds beside their words is for models that can judge it. */
export const withoutContext = (content: string): string => content.replace(/^<context>\n.*?\n<\/context>\n/s, '')

/** OpenAI caches prompts from 1,024 tokens on, in steps of 128. */
export function promptTokens(asked: unknown): { readonly prompt: number; readonly cached: number } {
  const prompt = Math.ceil(JSON.stringify(asked).length / 4)
  return { prompt, cached: prompt < 1_024 ? 0 : prompt - (prompt % 128) }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID_LETTERS = 24

/** Ids as the vendors' look, the same each time for the same `random`. */
export const idsOf =
  (random: () => number) =>
  (prefix: string): string =>
    prefix + Array.from({ length: ID_LETTERS }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')
export type NewId = ReturnType<typeof idsOf>
