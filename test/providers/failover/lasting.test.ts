import { expect, test } from 'vitest'
import { ProviderError } from '../../../src/errors.ts'
import { isLasting } from '../../../src/providers/failover/lasting.ts'
import { refusal } from '../../../src/providers/http-answer.ts'

const told = (why: string): ProviderError => new ProviderError('Some: vendor', why, { retryable: false })
const answered = (status: number, error: object): ProviderError => refusal('OpenAI', status, JSON.stringify({ error }))

test.each([
  answered(401, { message: 'Incorrect API key provided.' }),
  answered(402, { message: 'Payment required' }),
  answered(403, { message: 'Country not supported' }),
  answered(404, { message: 'The model does not exist' }),
  answered(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
  answered(400, { message: 'API key not valid. Please pass a valid API key.' }),
  told('refused with 401: is the key one of the region eastus?'),
  told('closed with 1008 voice_not_found'),
  told('closed with 1008 quota_exceeded'),
  told('insufficient_quota: You exceeded your current quota'),
])('what all requests would meet is lasting: $message', error => {
  expect(isLasting(error)).toBe(true)
})

test.each([
  answered(400, { message: 'The response was filtered: content management policy', code: 'content_filter' }),
  answered(400, { message: "This model's maximum context length is 8192 tokens. Error 404", code: 'context_length' }),
  answered(413, { message: 'Request too large' }),
  answered(422, { message: 'Invalid text' }),
  answered(429, { message: 'Slow down' }),
  answered(503, { message: 'Overloaded: quota of the server' }),
  told('the request was blocked: PROHIBITED_CONTENT'),
  told('the answer was stopped: refusal'),
  new Error('401'),
])('what one request is to blame for, or what passes, is not: $message', error => {
  expect(isLasting(error)).toBe(false)
})
