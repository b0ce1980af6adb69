import { readSettings, SettingsError } from '../../src/config.ts'

/** All settings that production requires. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://partyline.example.com',
  TWILIO_AUTH_TOKEN: 'twilio-secret',
  DEEPGRAM_API_KEY: 'deepgram-secret',
  OPENAI_API_KEY: 'openai-secret',
  CARTESIA_API_KEY: 'cartesia-secret',
  RECORDS_SECRET: 'a-secret-that-only-this-server-knows',
}

/** What is wrong with these settings, a line for each mistake. */
export function problemsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readSettings(env)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}
