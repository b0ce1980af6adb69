import { expect, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import { hasRealModel, settingsModel } from '../../src/testing/settings-model.ts'
import { coreCall } from './core-call.ts'

test('the model of the settings answers over the wire, while the time of the call stands still', async () => {
  const standIn = await openOpenAiStandIn({ port: 0, profile: profiles.fast, seed: 1, clock })
  try {
    const environment = { OPENAI_API_KEY: 'sandbox', OPENAI_BASE_URL: `${standIn.url}/v1` }
    expect(hasRealModel(environment)).toBe(true)
    const line = await coreCall(settingsModel(environment))
    await line.say('hello')
    line.said('What can I do for you?')
    await line.hangUp()
    // A call that hears its answer at once, by its own time.
    expect(line.nowMs).toBeLessThan(10_000)
  } finally {
    await standIn.close()
  }
})

test('a model that fails says so, and fails the test', async () => {
  const standIn = await openOpenAiStandIn({ port: 0, profile: profiles.fast, seed: 1, clock })
  await standIn.close()
  const line = await coreCall(settingsModel({ OPENAI_API_KEY: 'x', OPENAI_BASE_URL: `${standIn.url}/v1` }))
  await expect(line.say('hello')).rejects.toThrow(/^The model failed: /)
  await line.hangUp()
})

test('without a key there is no real model', async () => {
  expect(hasRealModel({})).toBe(false)
  await expect(coreCall(settingsModel({}))).rejects.toThrow('no key for one is set')
})
