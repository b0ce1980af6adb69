import { systemClock as clock } from '../../../clock.ts'
import { joinRtcRooms } from '../rtc-room.ts'
import { serveRooms } from './serve-rooms.ts'
import { servedByParent } from './served-by-parent.ts'

// The process in which LiveKit's native client lives.
serveRooms(joinRtcRooms(clock), servedByParent(), clock)
