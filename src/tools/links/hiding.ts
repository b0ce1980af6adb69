/** Letters and digits of a text in one plain form, and where each comes from in the text. */
interface Skeleton {
  readonly text: string
  readonly from: readonly number[]
  readonly to: readonly number[]
}

type Place = readonly [from: number, to: number]

const HIDDEN = '(hidden)'
const SHORTEST_SECRET = 6
/** Nothing reads more of a text. */
export const MOST_READ = 20_000
/** An escape may be escaped again. */
const MOST_ROUNDS = 3
const ESCAPE_SIGN = /[%\\&]/
const KEPT = /[\p{L}\p{N}]/u
const ESCAPED =
  /(?:%[0-9a-f]{2})+|(?:\\x[0-9a-f]{2})+|\\u\{0*([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})|&#0*(\d{1,7});?|&#x0*([0-9a-f]{1,6});?|&(amp|lt|gt|quot|apos);?/gi
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Replaces the secrets in a text by "(hidden)", also where they are split by spaces, signs or invisible characters,
 * written in other forms of their letters, escaped, or encoded in base64 or hex. Values that are too short to be secrets
 * stay. A text that is longer than 20,000 characters is cut.
 */
export function hiding(secrets: readonly string[]): (text: string) => string {
  const worth = secrets.filter(secret => secret.length >= SHORTEST_SECRET).toSorted((a, b) => b.length - a.length)
  const forms = [...new Set(worth.flatMap(formsOf))].filter(form => form.length >= SHORTEST_SECRET)
  const shortest = Math.min(...forms.map(form => form.length), ...worth.map(secret => secret.length))
  if (worth.length === 0) return text => text
  return text => {
    if (text.length < shortest) return text
    const read = text.slice(0, MOST_READ)
    const literal = worth.reduce((left, secret) => left.split(secret).join(HIDDEN), read)
    return withoutForms(literal, forms)
  }
}

/** The skeletons by which a secret is recognised. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const encoded = base64Of(bytes)
  const twice = encoded.flatMap(text => [...base64Of(Buffer.from(text)), ...base64Of(Buffer.from(standard(text)))])
  return [secret, bytes.toString('hex'), ...encoded, ...twice].map(bare)
}

const standard = (base64url: string): string => base64url.replaceAll('-', '+').replaceAll('_', '/')

/** The characters that all base64 texts share that hold these bytes: there are three places to begin in a group. */
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url')
    const first = [0, 2, 3][before] ?? 0
    return text.slice(first, Math.floor(((before + bytes.length) * 8) / 6))
  })
}

/** The text of its skeleton alone. */
const bare = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase()

/** The text as it stands: each character comes from its own place. */
function plain(text: string): Skeleton {
  const from = Array.from({ length: text.length }, (_, at) => at)
  return { text, from, to: from.map(at => at + 1) }
}

function withoutForms(text: string, forms: readonly string[]): string {
  const hidden: Place[] = []
  let read = plain(text)
  for (let round = 0; round <= MOST_ROUNDS; round++) {
    const letters = bare(read.text)
    const found = forms.filter(form => letters.includes(form))
    if (found.length > 0) hidden.push(...placesOf(found, skeletonOf(read)))
    if (!ESCAPE_SIGN.test(read.text)) break
    const next = unescaped(read)
    if (next.text === read.text) break
    read = next
  }
  return hidden.length === 0 ? text : without(text, hidden)
}

function placesOf(forms: readonly string[], { text, from, to }: Skeleton): readonly Place[] {
  return forms.flatMap(form => {
    const places: Place[] = []
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
      places.push([from[at] ?? 0, to[at + form.length - 1] ?? 0])
    }
    return places
  })
}

function without(text: string, hidden: readonly Place[]): string {
  let left = ''
  let at = 0
  for (const [from, to] of hidden.toSorted(([one], [other]) => one - other)) {
    if (from >= at) left += `${text.slice(at, from)}${HIDDEN}`
    at = Math.max(at, to)
  }
  return left + text.slice(at)
}

/** Only letters and digits, without their marks, in lower case. */
function skeletonOf({ text, from, to }: Skeleton): Skeleton {
  let kept = ''
  const keptFrom: number[] = []
  const keptTo: number[] = []
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    for (const letter of character < '\u0080' ? character : character.normalize('NFKD')) {
      if (!KEPT.test(letter)) continue
      for (const unit of letter.toLowerCase().split('')) {
        kept += unit
        keptFrom.push(from[at] ?? 0)
        keptTo.push(to[at + character.length - 1] ?? 0)
      }
    }
    at += character.length
  }
  return { text: kept, from: keptFrom, to: keptTo }
}

/** The text with its escapes (`%41`, `\u0041`, `&#65;`) replaced by what they stand for. */
function unescaped({ text, from, to }: Skeleton): Skeleton {
  let left = ''
  const leftFrom: number[] = []
  const leftTo: number[] = []
  let done = 0
  function copyUntil(end: number): void {
    left += text.slice(done, end)
    for (let at = done; at < end; at++) {
      leftFrom.push(from[at] ?? 0)
      leftTo.push(to[at] ?? 0)
    }
  }
  for (const found of text.matchAll(ESCAPED)) {
    const characters = meaningOf(found)
    copyUntil(found.index)
    done = found.index + found[0].length
    left += characters
    for (let at = 0; at < characters.length; at++) {
      leftFrom.push(from[found.index] ?? 0)
      leftTo.push(to[done - 1] ?? 0)
    }
  }
  copyUntil(text.length)
  return { text: left, from: leftFrom, to: leftTo }
}

function meaningOf([whole, braced, short, decimal, hex, named]: RegExpExecArray): string {
  if (named !== undefined) return NAMED[named.toLowerCase()] ?? ''
  const code = decimal === undefined ? Number.parseInt(braced ?? short ?? hex ?? '', 16) : Number(decimal)
  if (Number.isNaN(code)) return Buffer.from(whole.replace(/%|\\x/gi, ''), 'hex').toString('utf8')
  return code <= 0x10_ffff ? String.fromCodePoint(code) : ''
}
