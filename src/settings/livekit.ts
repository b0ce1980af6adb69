/**
 * The LiveKit server that `npm run livekit` starts. Everybody knows its keys, so they are accepted only where the server
 * is at a loopback address.
 */
export const LAPTOP_LIVEKIT = {
  url: 'ws://127.0.0.1:7880',
  apiKey: 'laptop',
  apiSecret: 'everybody-knows-this-secret-of-the-laptop',
} as const

interface LivekitSettings {
  readonly LIVEKIT_URL?: string | undefined
  readonly LIVEKIT_API_KEY?: string | undefined
  readonly LIVEKIT_API_SECRET?: string | undefined
}

/** Everybody knows the laptop's keys, so its server is never production's. */
export function livekitOf({ LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET }: LivekitSettings, production: boolean) {
  if (LIVEKIT_URL && LIVEKIT_API_KEY && LIVEKIT_API_SECRET)
    return { url: LIVEKIT_URL, apiKey: LIVEKIT_API_KEY, apiSecret: LIVEKIT_API_SECRET }
  return production ? undefined : LAPTOP_LIVEKIT
}
