import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { anthropic } from '../../../src/providers/anthropic/anthropic.ts'
import { compatible } from '../../../src/providers/compatible/compatible.ts'
import { geminiModel } from '../../../src/providers/gemini/model.ts'
import { groq } from '../../../src/providers/groq/groq.ts'
import { responses } from '../../../src/providers/responses/responses.ts'
import { HELLO, server } from './scripted-server.ts'

const TRACEPARENT = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`

test.each(Object.entries({ anthropic, compatible, geminiModel, groq, responses }))(
  '%s is told of the call’s trace, where calls are traced',
  async (_, open) => {
    const { asked, network } = server(() => ({ status: 500, body: '' }))
    const model = open({ apiKey: 'key', baseUrl: 'https://vendor.example', model: 'm' }, systemClock, network)
    const prompt = { instructions: '', history: [HELLO], tools: [] }
    for (const more of [{ traceparent: TRACEPARENT }, {}])
      await Array.fromAsync(model.reply({ ...prompt, ...more }, new AbortController().signal)).catch(() => undefined)
    expect(asked.map(({ headers }) => headers.get('traceparent'))).toEqual([TRACEPARENT, null])
  },
)
