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
  /** Of the voice's own. */
  readonly speed?: number | undefined
}

/** A clause as SSML. A voice of many languages is told which one it is: it would guess by the words. */
export function ssmlOf({ text, voiceId, locale, speed }: Spoken): string {
  const said = atSpeed(escaped(text), speed)
  const spoken = voiceId.includes('Multilingual') ? `<lang xml:lang='${escaped(locale)}'>${said}</lang>` : said
  return [
    `<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xmlns:mstts='http://www.w3.org/2001/mstts' xml:lang='${escaped(locale)}'>`,
    `<voice name='${escaped(voiceId)}'>`,
    `<mstts:silence type='Leading-exact' value='0ms'/><mstts:silence type='Tailing-exact' value='${TAIL_MS}ms'/>`,
    `${spoken}</voice></speak>`,
  ].join('')
}

/** Told as a change: "0.9" alone is read as other things by some voices. */
function atSpeed(said: string, speed = 1): string {
  const percent = Math.round((speed - 1) * 100)
  return percent === 0 ? said : `<prosody rate='${percent > 0 ? '+' : ''}${percent}%'>${said}</prosody>`
}

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_XML, ' ')
    .replace(/[&<>'"]/g, sign => ESCAPES[sign] ?? sign)
