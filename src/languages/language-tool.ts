import type { Language } from '../conversation/language.ts'
import type { ToolContext, ToolOutcome, ToolSet, ToolSpec } from '../conversation/ports.ts'

export const SWITCH_LANGUAGE = 'switch_language'

/** The languages, as the model is told them. */
const NAMES = new Intl.DisplayNames('en', { type: 'language' })
const nameOf = (code: string): string => NAMES.of(code) ?? code

function specOf(codes: readonly string[]): ToolSpec {
  const named = codes.map(code => `${code} (${nameOf(code)})`).join(', ')
  return {
    name: SWITCH_LANGUAGE,
    description: `Changes the language of the call: ${named}. Call it as soon as the caller asks for another of these languages, or speaks one. The caller's words are heard as words of the language of the call now, so another one may come as words that make no sense but sound like it. Do not announce it: the caller is told by himself.`,
    parameters: {
      type: 'object',
      properties: { code: { type: 'string', enum: [...codes] } },
      required: ['code'],
      additionalProperties: false,
    },
    changes: false,
  }
}

/** Adds `switch_language` to the tools of a line that speaks several languages. With one they stay as they are. */
export function withLanguages(tools: ToolSet, languages: readonly Language[]): ToolSet {
  if (languages.length < 2) return tools
  const codes = languages.map(({ code }) => code)
  const spec = specOf(codes)
  return {
    get specs() {
      return [...tools.specs.filter(({ name }) => name !== SWITCH_LANGUAGE), spec]
    },
    async run(call, context, signal) {
      if (call.name !== SWITCH_LANGUAGE) return tools.run(call, context, signal)
      return outcomeOf(call.arguments, context, codes)
    },
    remember: (callId, made) => tools.remember?.(callId, made),
  }
}

function outcomeOf(given: string, { language = 'en' }: ToolContext, codes: readonly string[]): ToolOutcome {
  const code = codeIn(given)
  if (code === undefined || !codes.includes(code)) {
    const named = codes.map(nameOf).join(', ')
    return {
      kind: 'done',
      text: `Not changed: only these languages are spoken on this line: ${named}. Say so plainly, in ${nameOf(language)}.`,
    }
  }
  if (code === language) return { kind: 'done', text: `The call is in ${nameOf(code)} already.` }
  const text = `The call is in ${nameOf(code)} from here on, and the caller was told so. Answer what they wanted, in ${nameOf(code)}. If it is not clear, since it was heard as another language, ask them to say it again.`
  return { kind: 'done', text, language: code }
}

/** The code that a model means: "de", and also "de-DE", "DE" or "German". */
function codeIn(given: string): string | undefined {
  try {
    const { code } = JSON.parse(given) as { readonly code?: unknown }
    if (typeof code !== 'string') return undefined
    const meant = code.trim().toLowerCase()
    return KNOWN_NAMES.get(meant) ?? meant.split(/[-_]/)[0]
  } catch {
    return undefined
  }
}

/** English names of languages that a model may write instead of a code. */
const KNOWN_NAMES: ReadonlyMap<string, string> = new Map(
  ['en', 'de', 'es'].map(code => [nameOf(code).toLowerCase(), code]),
)
