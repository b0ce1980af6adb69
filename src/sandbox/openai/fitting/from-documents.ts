import type { OfferedTool } from '../named-tool.ts'
import type { ModelMessage, ScriptedAnswer } from '../scripted-model.ts'
import { tellingWords } from './words-in-schema.ts'

/** With which an agent looks things up in documents. */
export const SEARCH = 'search_knowledge'

const DOCUMENT = /<document source="([^"\n]*)">\n([^<]*)\n<\/document>/g
const ASKS_SOURCE =
  /\b(?:where (?:does it say|is that written|did you (?:read|find))|which document|what is your source|says who)\b/i
const LONGEST = 300

interface Document {
  /** As people say it: the heading that the words stand under. */
  readonly title: string
  readonly text: string
}

/**
 * Answers of an agent that has documents: the sentence of what was found that has most of the caller's words, where it stands
 * if they ask that, or a search for what they say. Undefined where there are no documents.
 */
export function fromDocuments(
  messages: readonly ModelMessage[],
  text: string,
  offered: readonly OfferedTool[],
): ScriptedAnswer | undefined {
  if (!offered.some(({ name }) => name === SEARCH)) return undefined
  const last = messages.at(-1)
  if (last?.role === 'tool' && last.tool === SEARCH)
    return { kind: 'say', text: spoken(documentsIn(last.content), text) }
  const [found] = documentsIn(messages.findLast(({ tool }) => tool === SEARCH)?.content ?? '')
  if (found && ASKS_SOURCE.test(text)) return { kind: 'say', text: `It stands under "${found.title}".` }
  return { kind: 'call', name: SEARCH, arguments: { query: text } }
}

const documentsIn = (content: string): readonly Document[] =>
  [...content.matchAll(DOCUMENT)].map(([, source = '', text = '']) => ({
    title: source.split(/: | › /).at(-1) ?? source,
    text,
  }))

function spoken(documents: readonly Document[], asked: string): string {
  const wanted = new Set(tellingWords(asked))
  const sentences = documents.flatMap(({ text }) => text.split(/(?<=[.!?])\s+|\n/)).filter(one => one.trim() !== '')
  const scored = sentences.map(one => ({ one, has: tellingWords(one).filter(word => wanted.has(word)).length }))
  const best = scored.toSorted((a, b) => b.has - a.has)[0]
  if (!best) return 'I am sorry, I could not find that.'
  return best.one.replace(/^[-*]\s+/, '').slice(0, LONGEST)
}
