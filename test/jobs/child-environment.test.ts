import { expect, test } from 'vitest'
import { SETTING_NAMES } from '../../src/config.ts'
import { childEnvironment } from '../../src/jobs/child-environment.ts'

test('a child gets where programs, certificates and places are, and none of our settings', () => {
  const names = [...SETTING_NAMES, 'OPENAI_API_KEY', 'DEEPGRAM_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'ANYTHING']
  const settings = Object.fromEntries(names.map(name => [name, 'a key']))
  expect(Object.keys(settings)).toContain('TWILIO_AUTH_TOKEN')
  const machine = {
    PATH: '/usr/bin',
    TMPDIR: '/data',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    https_proxy: 'http://proxy:3128',
  }
  expect(childEnvironment({ ...settings, ...machine })).toEqual(machine)
})
