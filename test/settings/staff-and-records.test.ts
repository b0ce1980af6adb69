import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { problemsOf } from './settings-problems.ts'

test('staff sign in by hashes of passwords, or by a provider whose parts are all there', () => {
  const hash = `scrypt:16384:8:5:${'s'.repeat(22)}:${'h'.repeat(43)}`
  const provider = {
    OIDC_ISSUER: 'https://login.example.com/',
    OIDC_CLIENT_ID: 'partyline',
    OIDC_CLIENT_SECRET: 's'.repeat(16),
  }
  const read = readSettings({
    ...provider,
    STAFF_LISTENER_PASSWORD: hash,
    OIDC_SUPERVISORS: 'leads, email=a@example.com',
  })
  expect([read.STAFF_LISTENER_PASSWORD, read.OIDC_SUPERVISORS, read.OIDC_LISTENERS]).toEqual([
    hash,
    ['leads', 'email=a@example.com'],
    [],
  ])
  // An issuer is compared to the letter.
  expect(read.OIDC_ISSUER).toBe('https://login.example.com/')
  const said = problemsOf({ STAFF_SUPERVISOR_PASSWORD: 'my secret password' })
  expect(said).toEqual([expect.stringContaining('STAFF_SUPERVISOR_PASSWORD: must be a hash')])
  expect(said.join()).not.toContain('my secret')
  expect(problemsOf(provider)).toEqual([expect.stringContaining('OIDC_SUPERVISORS: is missing')])
  expect(problemsOf({ OIDC_ISSUER: provider.OIDC_ISSUER, OIDC_LISTENERS: '*' })).toEqual([
    expect.stringContaining('OIDC_CLIENT_ID: is missing'),
    expect.stringContaining('OIDC_CLIENT_SECRET: is missing'),
  ])
  const inClear = { ...provider, OIDC_LISTENERS: '*', OIDC_ISSUER: 'http://login.example.com' }
  expect(problemsOf(inClear)).toEqual([expect.stringContaining('OIDC_ISSUER: must be https:')])
  expect(readSettings({ ...inClear, OIDC_ISSUER: 'http://127.0.0.1:9/' }).OIDC_LISTENERS).toEqual(['*'])
  expect(problemsOf({ ...provider, OIDC_LISTENERS: 'support,,' })).toEqual([
    expect.stringContaining('OIDC_LISTENERS: must be groups'),
  ])
})

const S3 = {
  S3_BUCKET: 'calls',
  S3_ENDPOINT: 'https://s3.example.com/',
  S3_REGION: 'eu-central-1',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'key',
}

test('an S3 store needs all of its settings, and without any there is none', () => {
  expect(readSettings({}).s3).toBeUndefined()
  expect(readSettings(S3).s3).toEqual({
    ...{ bucket: 'calls', endpoint: 'https://s3.example.com', region: 'eu-central-1' },
    ...{ accessKeyId: 'id', secretAccessKey: 'key' },
  })
  expect(
    problemsOf({ ...S3, S3_REGION: undefined, S3_BUCKET: undefined }).map(problem => problem.split(':')[0]),
  ).toEqual(['S3_BUCKET', 'S3_REGION'])
  expect(problemsOf({ ...S3, S3_SECRET_ACCESS_KEY: undefined })).toHaveLength(1)
  expect(problemsOf({ ...S3, S3_BUCKET: 'Not A Bucket' })[0]).toContain('must be the name of a bucket')
})

test('the key of the records is made of the token outside production, and is never the token', () => {
  const { RECORDS_SECRET, TWILIO_AUTH_TOKEN } = readSettings({ TWILIO_AUTH_TOKEN: 'token' })
  expect(RECORDS_SECRET).not.toBe(TWILIO_AUTH_TOKEN)
  expect(RECORDS_SECRET).not.toBe(readSettings({ TWILIO_AUTH_TOKEN: 'other' }).RECORDS_SECRET)
  expect(problemsOf({ RECORDS_SECRET: 'short' })[0]).toBe(
    'RECORDS_SECRET: must have at least 32 letters (it is not shown)',
  )
})
