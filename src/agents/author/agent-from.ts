import type { Agent } from '../../conversation/agent.ts'
import { languageOf } from '../../languages/languages.ts'
import type { AgentLanguage } from '../agent-languages.ts'
import type { CommonWords } from '../common-words.ts'
import { ENGLISH } from '../english-words.ts'
import type { AgentDefinition, AgentWords, Greeting } from './agent.ts'
import { guardOf } from './guard-of.ts'

/** The words that agents have in common, loaded where a language is spoken. */
const COMMON: Readonly<Record<AgentLanguage, () => Promise<CommonWords>>> = {
  en: async () => ENGLISH,
  de: async () => (await import('../german-words.ts')).GERMAN,
  es: async () => (await import('../spanish-words.ts')).SPANISH,
}

/** The agent of this definition as a call has it, in one of its languages; undefined where its author wrote none for it. */
export async function agentFrom(definition: AgentDefinition, language: AgentLanguage): Promise<Agent | undefined> {
  const words = wordsIn(definition, language)
  return words && agentOf(definition, words, await COMMON[language]())
}

/** The same in a language whose common words are there. */
export function agentOf(
  { name, instructions, voice, hears, warm, guards = [] }: AgentDefinition,
  words: AgentWords & { readonly instructions?: string },
  { browserPhrases, ...common }: CommonWords,
): Agent {
  const { phone, browser, hiddenNumber } = greetings(words.greeting)
  const { entering } = words
  return {
    ...common,
    // It knows the other languages.
    language: languageOf(common.language.code),
    name,
    instructions: words.instructions === undefined ? instructions : `${instructions}\n${words.instructions}`,
    phrases: { ...common.phrases, ...words.phrases, greeting: phone },
    phrasesFor: {
      'hidden-number': hiddenNumber === undefined ? {} : { greeting: hiddenNumber },
      browser: {
        ...(browser !== undefined && { greeting: browser }),
        ...browserPhrases,
        ...words.phrases,
        ...words.browserPhrases,
      },
    },
    ...voiceOf(voice),
    ...(hears?.speakers && { tellsSpeakers: true }),
    ...(warm && { warm }),
    ...(guards.length > 0 && { guard: guardOf(guards) }),
    ...(entering !== undefined && { entering }),
  }
}

/** A speed of 1 is the voice's own, and needs no other sound. */
function voiceOf(voice: AgentDefinition['voice']): Pick<Agent, 'voice' | 'delivery' | 'expressive'> {
  if (voice === undefined) return {}
  if (typeof voice === 'string') return { voice }
  const { name, speed = 1, manner, expressive } = voice
  const isUsual = speed === 1 && manner === undefined
  return {
    ...(name !== undefined && { voice: name }),
    ...(!isUsual && { delivery: { ...(speed !== 1 && { speed }), ...(manner !== undefined && { manner }) } }),
    ...(expressive && { expressive }),
  }
}

const greetings = (greeting: Greeting): Exclude<Greeting, string> =>
  typeof greeting === 'string' ? { phone: greeting } : greeting

/** What its author wrote for this language. */
export function wordsIn(
  definition: AgentDefinition,
  language: AgentLanguage,
): (AgentWords & { readonly instructions?: string }) | undefined {
  const { greeting, entering, phrases, browserPhrases, languages } = definition
  if (language !== (definition.language ?? 'en')) return languages?.[language]
  return {
    greeting,
    ...(entering !== undefined && { entering }),
    ...(phrases && { phrases }),
    ...(browserPhrases && { browserPhrases }),
  }
}
