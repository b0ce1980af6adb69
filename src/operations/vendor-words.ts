const LONGEST = 200
/** Of a longer one no more is read: each run of letters is looked through for an e-mail address from each of its letters. */
const MOST_READ = 1_000
/** Quoted text, or text in brackets or braces, up to its end or that of the message. */
const QUOTED =
  /"([^"]*)(?:"|$)|“([^”]*)(?:”|$)|`([^`]*)(?:`|$)|(?<!\w)['‘]([^'’]*)(?:['’]|$)|\[([^\]]*)(?:\]|$)|\{[^}]*(?:\}|$)/gs
/** The name of a field, an error or a model, such as `messages[1].content`, `rate_limit_exceeded` or `gpt-4o-mini`. */
const IDENTIFIER = /^(?=.*[_[])[\w.[\]-]{1,60}$|^[a-z]+-[\w.-]*\d[\w.-]*$/i
const NUMBER = /\+?\d(?:[\s().-]*\d){3,}/g
const EMAIL = /\S+@\S+/g

/**
 * The first 200 letters of what a vendor said, in one line, without what may be a caller's: quoted text, numbers of four
 * digits or more, and e-mail addresses.
 */
export function vendorWords(why: string): string {
  const kept = why
    .slice(0, MOST_READ)
    .replace(QUOTED, (whole, ...inner) => {
      const text = inner.slice(0, 5).find(found => typeof found === 'string')
      return text !== undefined && IDENTIFIER.test(text) ? whole : '…'
    })
    .replace(EMAIL, '…')
    .replace(NUMBER, '…')
    .replace(/\s+/g, ' ')
    .trim()
  return kept.length > LONGEST ? `${kept.slice(0, LONGEST)}…` : kept
}
