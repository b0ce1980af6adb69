import { systemClock as clock } from '../../../../clock.ts'
import { loadRtc } from '../../load-rtc.ts'
import { joinAsFace } from './join-as-face.ts'
import type { FromFaces, ToFaces } from './messages.ts'

// The process in which the faces live. It ends when the server lets go of it, however that ended.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
process.once('disconnect', () => process.exit())

const faces = new Map<number, AbortController>()
const tell = (message: FromFaces): void => void (process.connected && process.send?.(message))
let loading: ReturnType<typeof loadRtc> | undefined

async function join({ face, url, token }: ToFaces & { readonly kind: 'join' }): Promise<void> {
  const own = new AbortController()
  faces.set(face, own)
  try {
    loading ??= loadRtc()
    const why = await joinAsFace(
      { rtc: await loading, clock, url, token, onJoined: () => tell({ kind: 'joined', face }) },
      own.signal,
    )
    tell({ kind: 'ended', face, why })
  } catch (error) {
    // Without the token, which the reason may have in it.
    const why = (error instanceof Error ? error.message : String(error)).replaceAll(token, '…')
    tell({ kind: 'ended', face, why })
  } finally {
    faces.delete(face)
  }
}

process.on('message', (message: ToFaces) => {
  if (message.kind === 'join') void join(message)
  else faces.get(message.face)?.abort(new Error('the conversation is over'))
})
