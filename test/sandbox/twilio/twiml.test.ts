import twilio from 'twilio'
import { expect, test } from 'vitest'
import { parseTwiml } from '../../../src/sandbox/twilio/twiml.ts'

test('TwiML from the twilio package is parsed: stream, parameters, redirect', () => {
  const response = new twilio.twiml.VoiceResponse()
  const stream = response.connect().stream({ url: 'wss://a.example/s', statusCallback: '/status', name: 'main' })
  stream.parameter({ name: 'token', value: `<&"'>` })
  response.redirect('/calls/next?a=1&b=2')
  expect(parseTwiml(response.toString())).toEqual([
    {
      verb: 'Connect',
      action: undefined,
      stream: { url: 'wss://a.example/s', name: 'main', statusCallback: '/status', parameters: { token: `<&"'>` } },
    },
    { verb: 'Redirect', url: '/calls/next?a=1&b=2' },
  ])
})

test('a hand-written document may have comments, CDATA, single quotes and entities', () => {
  const xml = `<?xml version="1.0"?>
    <Response><!-- <Hangup/> --><Say voice='alice'>One &amp; two <emphasis>three</emphasis><![CDATA[ <four>]]></Say>
    <Pause length="2"/><Dial action="/back" timeout='7'><Number>+1555</Number></Dial><Reject reason="busy"/></Response>`
  expect(parseTwiml(xml)).toEqual([
    { verb: 'Say', text: 'One & two  <four> three' },
    { verb: 'Pause', seconds: 2 },
    { verb: 'Dial', number: '+1555', action: '/back', timeoutS: 7 },
    { verb: 'Reject', reason: 'busy' },
  ])
})

test('an unknown verb keeps its name, so that it can be reported', () => {
  expect(parseTwiml('<Response><Dance/></Response>')).toEqual([{ verb: 'unknown', name: 'Dance' }])
})

test.each([
  ['<Response><Say>', '<Say> is never closed'],
  ['<Response></Say></Response>', '</Say> closes nothing'],
  ['<Twiml/>', 'TwiML must be one <Response>, not <Twiml>'],
  ['', 'TwiML is not one XML element'],
  ['{"error":"no"}', 'TwiML is not one XML element'],
  ['<Response>1 < 2</Response>', 'a "<" that opens no tag'],
])('%j is refused with the reason', (xml, reason) => {
  expect(() => parseTwiml(xml)).toThrow(reason)
})
