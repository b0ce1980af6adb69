import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { systemNetwork } from '../../../src/network.ts'
import { azureVoices } from '../../../src/providers/azure/voices.ts'
import { pollyVoices } from '../../../src/providers/polly/voices.ts'
import { openAzureStandIn } from '../../../src/sandbox/azure/stand-in.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import { openPollyStandIn } from '../../../src/sandbox/polly/stand-in.ts'

const options = { port: 0, profile: profiles.fast, seed: 1, clock: systemClock }
const parts = { clock: systemClock, network: systemNetwork }
const signal = new AbortController().signal

test('Azure’s voices are listed with their language; one of many languages has any', async () => {
  const standIn = await openAzureStandIn(options, openFlite())
  onTestFinished(() => standIn.close())
  const access = { apiKey: 'key', baseUrl: standIn.url.replace('http', 'ws'), region: 'eastus' }
  const all = await Array.fromAsync(azureVoices(access, parts, '', signal))
  expect(all.map(({ id, language }) => [id, language])).toEqual([
    ['en-US-AvaMultilingualNeural', 'any'],
    ['en-US-GuyNeural', 'en-US'],
    ['de-DE-KatjaNeural', 'de-DE'],
    ['es-ES-ElviraNeural', 'es-ES'],
  ])
  const found = await Array.fromAsync(azureVoices(access, parts, 'KATJA', signal))
  expect(found.map(({ name }) => name)).toEqual(['Katja'])
  await expect(Array.fromAsync(azureVoices({ ...access, apiKey: '' }, parts, '', signal))).rejects.toThrow(/401/)
})

test('Polly’s voices are listed page by page', async () => {
  const standIn = await openPollyStandIn(options, openFlite())
  onTestFinished(() => standIn.close())
  const access = {
    accessKeyId: 'id',
    secretAccessKey: 'key',
    baseUrl: standIn.url,
    region: 'us-east-1',
    engine: 'neural',
  }
  const all = await Array.fromAsync(pollyVoices(access, parts, '', signal))
  expect(all.length).toBeGreaterThan(20)
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(await Array.fromAsync(pollyVoices(access, parts, 'joanna', signal))).toEqual([
    { id: 'Joanna', name: 'Joanna', language: 'en-US', description: 'Female, US English, neural generative' },
  ])
})
