/** How much a model is to think before it speaks: the least that it takes, since a caller waits for it. */
export type Effort = 'none' | 'minimal' | 'low'

/** OpenAI's efforts for a model, from the least on; none for a model that does not think. */
export function openAiEfforts(model: string): readonly Effort[] {
  if (/chat-latest/.test(model) || !/^(?:o\d|gpt-(?:[5-9]|\d\d))/.test(model)) return []
  if (/^o\d/.test(model)) return ['low']
  return /^gpt-5(?:-(?:mini|nano))?(?:-\d{4}|$)/.test(model) ? ['minimal', 'low'] : ['none', 'minimal', 'low']
}

/** Groq's: gpt-oss always thinks, Qwen can be told not to. */
export function groqEfforts(model: string): readonly Effort[] {
  if (/gpt-oss/.test(model)) return ['low']
  return /qwen-?3/i.test(model) ? ['none', 'low'] : []
}

/** Those of models that people run themselves, as far as their names tell that they think. */
export const efforts = (model: string): readonly Effort[] =>
  /qwen-?3|qwq|deepseek|\br1\b|gpt-oss|think|reason|magistral|\bglm|nemotron/i.test(model) ? ['none', 'low'] : []

/** Some five minutes of speech. */
const MOST_TOKENS = 1_000
/** Thoughts count as tokens, too. */
const MOST_TOKENS_WITH_THOUGHTS = 4_000

/** The most tokens of an answer by a model that thinks so much. */
export const mostTokens = (effort: Effort | undefined): number =>
  effort === undefined || effort === 'none' ? MOST_TOKENS : MOST_TOKENS_WITH_THOUGHTS
