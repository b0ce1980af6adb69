import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROVIDER_SETTINGS } from '../../src/chosen/providers.ts'
import { SETTING_NAMES } from '../../src/config.ts'

const read = (name: string): string => readFileSync(new URL(`../../helm/partyline/${name}`, import.meta.url), 'utf8')

const schema = JSON.parse(read('values.schema.json')) as {
  readonly properties: { readonly settings: { readonly properties: object } }
}
const plain = Object.keys(schema.properties.settings.properties)
const secret = [
  ...['TWILIO_AUTH_TOKEN', 'RECORDS_SECRET', 'DATABASE_URL'],
  ...(read('templates/_helpers.tpl')
    .match(/^[A-Z][A-Z\d_]*(?: [A-Z][A-Z\d_]*)+$/m)?.[0]
    .split(' ') ?? []),
]
/** What other values set, in templates/settings.yaml. */
const own = [...read('templates/settings.yaml').matchAll(/^([A-Z][A-Z\d_]*):/gm)].map(([, name]) => name ?? '')

test('each setting of the server has its place in the chart: a value, a secret, or what the chart sets itself', () => {
  expect(
    [...SETTING_NAMES, ...PROVIDER_SETTINGS].filter(name => ![...plain, ...secret, ...own].includes(name)),
  ).toEqual([])
})

test('what is secret, or the chart’s own, cannot stand among the settings', () => {
  const bases = /^(?:LIVEKIT_URL|(?:DEEPGRAM|OPENAI|CARTESIA|GEMINI)_BASE_URL)$/
  expect(plain.filter(name => [...secret, ...own].includes(name) && !bases.test(name))).toEqual([])
  expect(plain.filter(name => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([])
})

test('values.yaml names each secret where it says what the Secret has', () => {
  const comment = read('values.yaml').match(/# A Secret has each of them[\s\S]*?\nsecrets:/)?.[0] ?? ''
  expect(secret.filter(name => !comment.includes(name))).toEqual([])
})
