/** One verb of a TwiML document, with its attributes as written. */
export type Verb =
  | { readonly verb: 'Connect'; readonly action: string | undefined; readonly stream: StreamNoun }
  | { readonly verb: 'Redirect'; readonly url: string }
  | { readonly verb: 'Say'; readonly text: string }
  | { readonly verb: 'Pause'; readonly seconds: number }
  | { readonly verb: 'Play'; readonly url: string }
  | { readonly verb: 'Dial'; readonly number: string; readonly action: string | undefined; readonly timeoutS: number }
  | { readonly verb: 'Hangup' }
  | { readonly verb: 'Reject'; readonly reason: 'rejected' | 'busy' }
  | { readonly verb: 'unknown'; readonly name: string }

export interface StreamNoun {
  readonly url: string
  readonly name: string
  readonly statusCallback: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

/** Parses a TwiML document into its verbs. Throws an Error that names the problem. */
export function parseTwiml(xml: string): readonly Verb[] {
  const root = readXml(xml)
  if (root.name !== 'Response') throw new Error(`TwiML must be one <Response>, not <${root.name}>`)
  return root.children.map(verbOf)
}

function verbOf({ name, attributes, children, text }: Element): Verb {
  switch (name) {
    case 'Connect': {
      const stream = children.find(child => child.name === 'Stream')
      if (!stream) return { verb: 'unknown', name: `Connect without Stream` }
      return { verb: 'Connect', action: attributes.action, stream: streamNoun(stream) }
    }
    case 'Redirect':
      return { verb: 'Redirect', url: text.trim() }
    case 'Say':
      return { verb: 'Say', text: wholeText({ name, attributes, children, text }).trim() }
    case 'Pause':
      return { verb: 'Pause', seconds: Number(attributes.length ?? 1) }
    case 'Play':
      return { verb: 'Play', url: text.trim() }
    case 'Dial': {
      const number = children.find(child => child.name === 'Number')?.text ?? text
      return {
        verb: 'Dial',
        number: number.trim(),
        action: attributes.action,
        timeoutS: Number(attributes.timeout ?? 30),
      }
    }
    case 'Hangup':
      return { verb: 'Hangup' }
    case 'Reject':
      return { verb: 'Reject', reason: attributes.reason === 'busy' ? 'busy' : 'rejected' }
  }
  return { verb: 'unknown', name }
}

function streamNoun({ attributes, children }: Element): StreamNoun {
  const parameters = children
    .filter(child => child.name === 'Parameter')
    .map(({ attributes: { name = '', value = '' } }) => [name, value] as const)
  return {
    url: attributes.url ?? '',
    name: attributes.name ?? '',
    statusCallback: attributes.statusCallback,
    parameters: Object.fromEntries(parameters),
  }
}

function wholeText({ text, children }: Element): string {
  return [text, ...children.map(wholeText)].join(' ')
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)|</g
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Parses the part of XML that TwiML uses: elements, attributes, text, CDATA, comments and the five entities. */
function readXml(xml: string): Element {
  type Open = Omit<Element, 'children' | 'text'> & { readonly children: Element[]; text: string }
  const document: Open = { name: '', attributes: {}, children: [], text: '' }
  const open: Open[] = [document]
  for (const [token, cdata, slash, name, attributes = '', selfClosing, text] of xml.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? document
    if (token === '<') throw new Error('TwiML is not well-formed XML: a "<" that opens no tag')
    if (cdata !== undefined) parent.text += cdata
    if (text !== undefined) parent.text += unescaped(text)
    if (name === undefined) continue
    if (slash) {
      if (open.pop()?.name !== name) throw new Error(`TwiML is not well-formed XML: </${name}> closes nothing`)
      continue
    }
    const element: Open = { name, attributes: readAttributes(attributes), children: [], text: '' }
    parent.children.push(element)
    if (!selfClosing) open.push(element)
  }
  const unclosed = open.at(-1)
  if (unclosed !== document) throw new Error(`TwiML is not well-formed XML: <${unclosed?.name}> is never closed`)
  const [root, second] = document.children
  if (!root || second || document.text.trim() !== '') throw new Error('TwiML is not one XML element')
  return root
}

function readAttributes(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
    name,
    unescaped(double ?? single ?? ''),
  ])
  return Object.fromEntries(pairs)
}

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (entity, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return ENTITIES[name] ?? entity
  })
}
