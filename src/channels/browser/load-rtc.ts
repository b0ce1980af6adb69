/** Loads LiveKit's native client. */
export async function loadRtc() {
  // It writes its debugging to our output unless this is set while it is loaded.
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  try {
    return await import('@livekit/rtc-node')
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  }
}
