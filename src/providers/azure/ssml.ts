/** What XML 1.0 does not take, whatever it is written as. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
}
/** The service adds most of a second of silence to each text, which would part the clauses of a reply. */
const TAIL_MS = 120

export interface Spoken {
  readonly text: string
  readonly voiceId: string
  /** Such as `de-DE`. */
  readonly locale: string
}

/** A clause as SSML. A voice of many languages is told which one it is: it would guess by the words. */
export function ssmlOf({ text, voiceId, locale }: Spoken): string {
  const said = escaped(text)
  const spoken = voiceId.includes('Multilingual') ? `<lang xml:lang='${escaped(locale)}'>${said}</lang>` : said
  return [
    `<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xmlns:mstts='http://www.w3.org/2001/mstts' xml:lang='${escaped(locale)}'>`,
    `<voice name='${escaped(voiceId)}'>`,
    `<mstts:silence type='Leading-exact' value='0ms'/><mstts:silence type='Tailing-exact' value='${TAIL_MS}ms'/>`,
    `${spoken}</voice></speak>`,
  ].join('')
}

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_XML, ' ')
    .replace(/[&<>'"]/g, sign => ESCAPES[sign] ?? sign)
