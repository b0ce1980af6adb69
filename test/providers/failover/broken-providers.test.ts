import { expect, test } from 'vitest'
import { openMetrics } from '../../../src/metrics/open-metrics.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import { brokenProviders } from '../../../src/providers/failover/broken-providers.ts'
import { FakeClock } from '../../fakes/clock.ts'

test('a provider that fails for long is logged once, and once when it works again; the metrics tell it meanwhile', async () => {
  const clock = new FakeClock()
  const logged: string[] = []
  const broken = brokenProviders({
    warn: (fields: object, message: string) => void logged.push(`warn ${JSON.stringify(fields)} ${message}`),
    info: (fields: object, message: string) => void logged.push(`info ${JSON.stringify(fields)} ${message}`),
  })
  const metrics = openMetrics({
    models: {
      ...{ speechToText: 'nova-3', model: 'gpt', sight: 'gemini', voice: 'sonic' },
      providers: [
        { port: 'LLM', name: 'groq', title: 'Groq', model: 'llama' },
        { port: 'LLM', name: './own.mjs', title: 'Own', model: 'own' },
      ],
    },
    ...{ speaksHere: false, agent: 'a', tools: () => [], slots: 1, activeChannels: () => [], ofProcess: false },
    ...{ waiting: () => 0, isLate: () => false },
    ...{ isDegraded: async () => false, isReady: async () => true, broken: broken.list },
  })
  const told = async (provider: string): Promise<string | undefined> => {
    const { body } = await metrics.app.inject('/metrics')
    return new RegExp(`^partyline_provider_broken{kind="llm",provider="${provider}"} (\\d)`, 'm').exec(body)?.[1]
  }
  let works = false
  const breakers = openBreakers(clock, broken.changed)
  const probe = async (): Promise<void> => {
    if (!works) throw new Error('away')
  }
  expect(await told('groq')).toBe('0')
  breakers.of('LLM', { name: 'groq', probe }).failed(true)
  breakers.of('LLM', { name: './own.mjs', probe }).failed(true)
  await clock.advance(60_000)
  expect(logged).toHaveLength(2)
  expect(logged[0]).toContain('warn {"port":"LLM","provider":"groq"}')
  expect([await told('groq'), await told('other')]).toEqual(['1', '1'])
  works = true
  await clock.advance(120_000)
  expect(await told('groq')).toBe('0')
  expect(logged).toHaveLength(4)
  expect(logged[2]).toContain('info {"port":"LLM","provider":"groq"}')
  await Promise.all([breakers.close(), metrics.close(), clock.advance(0)])
})
