import type { MicrophoneTrouble } from '../state/problems.ts'

/** A microphone that is open. */
export interface Microphone {
  readonly stream: MediaStream
  readonly track: MediaStreamTrack
  /** The one that was chosen is gone, and this is another. */
  readonly isOther: boolean
  /** The browser takes its own sound out of what it hears. */
  readonly cancelsEcho: boolean
}
export interface MicrophoneName {
  readonly deviceId: string
  readonly name: string
}

/** Gain control would lift a room's noise until it sounds like speech. */
const WANTED: MediaTrackConstraints = {
  echoCancellation: { ideal: true },
  noiseSuppression: { ideal: true },
  autoGainControl: { ideal: false },
  channelCount: { ideal: 1 },
}

/** Asks for the chosen microphone, or for the browser's own choice. The browser asks the person. */
export async function openMicrophone(deviceId: string): Promise<Microphone | MicrophoneTrouble> {
  // Where pages are not served securely there are no devices at all.
  if (navigator.mediaDevices === undefined) return 'insecure'
  try {
    if (deviceId === '') return opened(await navigator.mediaDevices.getUserMedia({ audio: WANTED }), false)
    try {
      const audio = { ...WANTED, deviceId: { exact: deviceId } }
      return opened(await navigator.mediaDevices.getUserMedia({ audio }), false)
    } catch (error) {
      if (troubleOf(error) !== 'none') throw error
      return opened(await navigator.mediaDevices.getUserMedia({ audio: WANTED }), true)
    }
  } catch (error) {
    return troubleOf(error)
  }
}

function opened(stream: MediaStream, isOther: boolean): Microphone | MicrophoneTrouble {
  const [track] = stream.getAudioTracks()
  if (track === undefined) return 'none'
  // Only an iPhone's browser has it. Without it the call is heard in the earpiece.
  const session: unknown = Reflect.get(navigator, 'audioSession')
  if (typeof session === 'object' && session !== null) Reflect.set(session, 'type', 'play-and-record')
  return { stream, track, isOther, cancelsEcho: track.getSettings().echoCancellation !== false }
}

/** By the name of what getUserMedia throws. */
export function troubleOf(error: unknown): MicrophoneTrouble {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in-use'
    default:
      return 'failed'
  }
}

/** The microphones that can be chosen. Browsers name them only after one was opened. */
export async function listMicrophones(): Promise<readonly MicrophoneName[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? []
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '' && !TWINS.has(deviceId))
    .map(({ deviceId, label }, index) => ({ deviceId, name: label || `Microphone ${index + 1}` }))
}
/** Windows lists a device by its roles once more. */
const TWINS: ReadonlySet<string> = new Set(['default', 'communications'])
