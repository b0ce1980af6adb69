import { expect, test } from 'vitest'
import { ssmlOf } from '../../../src/providers/azure/ssml.ts'

test('whatever a model writes is well-formed, and is said as it stands', () => {
  const ssml = ssmlOf({
    text: 'A <break/> & "B" \u0000\u000b\ud800 \'C\'',
    voiceId: 'de-DE-KatjaNeural',
    locale: 'de-DE',
  })
  expect(ssml).toContain('A &lt;break/&gt; &amp; &quot;B&quot;   \ufffd &apos;C&apos;</voice></speak>')
  expect(ssml).toContain("xml:lang='de-DE'><voice name='de-DE-KatjaNeural'>")
})

test('only a voice of many languages is told which one it is', () => {
  const of = (voiceId: string) => ssmlOf({ text: 'Hola.', voiceId, locale: 'es-ES' })
  expect(of('en-US-AvaMultilingualNeural')).toContain("<lang xml:lang='es-ES'>Hola.</lang>")
  expect(of('es-ES-ElviraNeural')).not.toContain('<lang ')
})
