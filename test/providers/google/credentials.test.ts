import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { googleCredentials } from '../../../src/providers/google/credentials.ts'
import { addressOf } from '../../../src/providers/google/google-ears.ts'
import { openGoogleEars } from '../../../src/providers/google/open-google.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { memoryNetwork } from '../../whole-call/memory-network.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const ACCOUNT = {
  type: 'service_account',
  project_id: 'kitchen',
  private_key_id: 'key-1',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  client_email: 'ears@kitchen.iam.gserviceaccount.com',
}

test('a service account signs its own tokens, and a new one before the old one ends', async () => {
  const clock = new FakeClock()
  const { projectId, headers } = await googleCredentials(JSON.stringify(ACCOUNT))
  expect(projectId).toBe('kitchen')
  const { authorization = '' } = headers(clock)
  const [head = '', claims = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  const atS = Math.floor(clock.wallTime().getTime() / 1_000)
  expect(read(claims)).toEqual({
    iss: ACCOUNT.client_email,
    sub: ACCOUNT.client_email,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    iat: atS,
    exp: atS + 3_600,
  })
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
  await clock.advance(49 * 60_000)
  expect(headers(clock).authorization).toBe(authorization)
  await clock.advance(2 * 60_000)
  expect(headers(clock).authorization).not.toBe(authorization)
})

test('a path is read, and what is neither a path nor JSON is an API key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'account.json')
  writeFileSync(file, JSON.stringify(ACCOUNT))
  expect((await googleCredentials(file)).projectId).toBe('kitchen')
  const key = await googleCredentials('AIzaKey')
  expect([key.projectId, key.headers(new FakeClock())]).toEqual([undefined, { 'x-goog-api-key': 'AIzaKey' }])
})

test.each([
  ['/there/is/none.json', /cannot be read: ENOENT/],
  ['{', /is not JSON/],
  [JSON.stringify({ ...ACCOUNT, type: 'authorized_user' }), /its type is not that of a service account/],
  [JSON.stringify({ ...ACCOUNT, client_email: undefined }), /its client_email /],
  [JSON.stringify({ ...ACCOUNT, private_key: 'secret-that-is-none' }), /its private_key is none/],
])('credentials that cannot be used are told by the setting’s name, and never shown: %#', async (given, why) => {
  const problem = await googleCredentials(given).catch(error => error)
  expect(String(problem.message)).toMatch(/^GOOGLE_APPLICATION_CREDENTIALS: /)
  expect(problem.message).toMatch(why)
  expect(problem.message).not.toContain('secret')
})

test('an API key needs a project, which only Google asks for', async () => {
  const values = { credentials: 'AIzaKey', projectId: undefined, region: 'global', model: 'telephony' }
  const open = (baseUrl: string) => openGoogleEars({ ...values, baseUrl }, new FakeClock(), memoryNetwork())
  await expect(open('https://speech.googleapis.com')).rejects.toThrow(/^GOOGLE_CLOUD_PROJECT: is missing/)
  await expect(open('http://stand-in')).resolves.toBeDefined()
})

test('the region is in the address of Google, and of nobody else', () => {
  const at = (baseUrl: string, region: string) => addressOf({ baseUrl, region })
  expect([
    at('https://speech.googleapis.com', 'global'),
    at('https://speech.googleapis.com', 'europe-west4'),
    at('http://stand-in:8080', 'europe-west4'),
  ]).toEqual(['https://speech.googleapis.com', 'https://europe-west4-speech.googleapis.com', 'http://stand-in:8080'])
})
