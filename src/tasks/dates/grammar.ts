import type { DateTime } from 'luxon'

/** Which number comes first in "12/5". */
export type DateOrder = 'month-day' | 'day-month'

/** What dates are counted from. Days are luxon's, at midnight in UTC, so that daylight saving time does not move them. */
export interface DateContext {
  readonly today: DateTime
  readonly order: DateOrder
}

type Part = { readonly kind: 'word'; readonly words: ReadonlySet<string>; readonly keeps: boolean } | Named
interface Named {
  readonly kind: 'meaning'
  readonly name: string
}
/** One way to say something: what its words must be, in order, and what it then means. */
export interface Rule<Meanings> {
  readonly name: keyof Meanings
  /** A skipped optional part is undefined. */
  readonly variants: readonly (readonly (Part | undefined)[])[]
  readonly make: (context: DateContext, args: readonly unknown[]) => unknown
}

type Arg<Meanings, Word> = Word extends `<${infer Name extends keyof Meanings & string}>?`
  ? [Meanings[Name] | undefined]
  : Word extends `<${infer Name extends keyof Meanings & string}>`
    ? [Meanings[Name]]
    : Word extends `(${string})?`
      ? [string | undefined]
      : Word extends `(${string})`
        ? [string]
        : []
type Args<Meanings, Pattern> = Pattern extends `${infer First} ${infer Rest}`
  ? [...Arg<Meanings, First>, ...Args<Meanings, Rest>]
  : Arg<Meanings, Pattern>

function partOf(text: string): Part {
  if (text.startsWith('<')) return { kind: 'meaning', name: text.slice(1, -1) }
  const keeps = text.startsWith('(')
  return { kind: 'word', words: new Set((keeps ? text.slice(1, -1) : text).split('|')), keeps }
}

function variantsOf(pattern: string): Rule<unknown>['variants'] {
  return pattern.split(' ').reduce<readonly (readonly (Part | undefined)[])[]>(
    (variants, text) => {
      const part = partOf(text.replace(/\?$/, ''))
      const isArg = part.kind === 'meaning' || part.keeps
      const skipped = variants.map(before => (isArg ? [...before, undefined] : before))
      return [...variants.map(before => [...before, part]), ...(text.endsWith('?') ? skipped : [])]
    },
    [[]],
  )
}

/**
 * Makes rules. A pattern is words with spaces between: "of|in" is one of these words, "(this|next)" as well and is given
 * to `make`, "<weekday>" is anything that means a weekday, and a question mark makes a part optional. `make` returns
 * undefined where the words mean nothing.
 */
export const rulesOf =
  <Meanings>() =>
  <Name extends keyof Meanings, const Pattern extends string>(
    name: Name,
    pattern: Pattern,
    make: (context: DateContext, ...args: Args<Meanings, Pattern>) => Meanings[Name] | undefined,
  ): Rule<Meanings> => ({
    name,
    variants: variantsOf(pattern),
    make: (context, args) => make(context, ...(args as Args<Meanings, Pattern>)),
  })

/** Meanings that are read off the words themselves, joined with single spaces. */
export type Terminals<Meanings> = { readonly [Name in keyof Meanings]?: (text: string) => Meanings[Name] | undefined }

/** What the words from `from` to before `to` mean, by the first rule that reads them all. */
export type Reader<Meanings> = <Name extends keyof Meanings>(
  name: Name,
  from: number,
  to: number,
) => Meanings[Name] | undefined

/** Reads words by these rules. Each span is read once for each meaning, so the time is bounded by the words. */
export function readerOf<Meanings>(
  rules: readonly Rule<Meanings>[],
  terminals: Terminals<Meanings>,
  words: readonly string[],
  context: DateContext,
): Reader<Meanings> {
  const known = new Map<string, unknown>()
  const possible = new Map<keyof Meanings, Rule<Meanings>[]>()
  const said = new Set(words)
  const canBe = (part: Part | undefined): boolean =>
    part?.kind !== 'word' || [...part.words].some(word => said.has(word))
  for (const rule of rules) {
    const variants = rule.variants.filter(variant => variant.every(canBe))
    if (variants.length > 0) possible.set(rule.name, [...(possible.get(rule.name) ?? []), { ...rule, variants }])
  }

  /** Calls `done` with each way in which the parts read the words, until it returns a meaning. */
  function match(
    parts: readonly (Part | undefined)[],
    at: number,
    from: number,
    to: number,
    args: readonly unknown[],
    done: (args: readonly unknown[]) => unknown,
  ): unknown {
    if (at === parts.length) return from === to ? done(args) : undefined
    const part = parts[at]
    if (part === undefined) return match(parts, at + 1, from, to, [...args, undefined], done)
    let left = 0
    for (let rest = at + 1; rest < parts.length; rest++) if (parts[rest] !== undefined) left++
    if (from + left >= to) return undefined
    if (part.kind === 'word') {
      const word = words[from] ?? ''
      if (!part.words.has(word)) return undefined
      return match(parts, at + 1, from + 1, to, part.keeps ? [...args, word] : args, done)
    }
    // The word after this part is known in most rules, so few ends are tried.
    const next = parts[at + 1]
    for (let end = left === 0 ? to : from + 1; end <= to - left; end++) {
      if (next?.kind === 'word' && !next.words.has(words[end] ?? '')) continue
      const meaning = read(part.name as keyof Meanings, from, end)
      const made = meaning === undefined ? undefined : match(parts, at + 1, end, to, [...args, meaning], done)
      if (made !== undefined) return made
    }
    return undefined
  }

  function meaningOf(name: keyof Meanings, from: number, to: number): unknown {
    const read = terminals[name]?.(words.slice(from, to).join(' '))
    if (read !== undefined) return read
    for (const { variants, make } of possible.get(name) ?? []) {
      for (const variant of variants) {
        const made = match(variant, 0, from, to, [], args => make(context, args))
        if (made !== undefined) return made
      }
    }
    return undefined
  }

  const read: Reader<Meanings> = <Name extends keyof Meanings>(name: Name, from: number, to: number) => {
    const key = `${String(name)} ${from} ${to}`
    if (!known.has(key)) {
      // A rule may name its own meaning for the same words: then it reads nothing there.
      known.set(key, undefined)
      known.set(key, meaningOf(name, from, to))
    }
    return known.get(key) as Meanings[Name] | undefined
  }
  return read
}
