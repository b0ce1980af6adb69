import type { ReactNode } from 'react'

/** Drawn on 24 by 24, in the colour of the text. Beside each of them stands what it means. */
export const icon = (shape: ReactNode) => () => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {shape}
  </svg>
)

export const MicrophoneIcon = icon(
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>,
)
export const MutedIcon = icon(
  <path d="M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.2 5.3M18.2 13.5a6.5 6.5 0 0 0 .3-2M12 18v3M4 3.5 20 20" />,
)
export const ScreenIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="2" />
    <path d="M9 20h6" />
  </>,
)
export const PauseIcon = icon(<path d="M9 6v12M15 6v12" />)
export const ResumeIcon = icon(<path d="M8.5 6v12l9.5-6z" />)
export const StopIcon = icon(<rect x="7" y="7" width="10" height="10" rx="1.5" />)
export const LeaveIcon = icon(
  <path d="M3.5 14.5c4.600-4.300 12.400-4.300 17 0l-2 2.700-3.700-1.700v-2.400a11 11 0 0 0-5.600 0v2.400l-3.700 1.700z" />,
)
export const SendIcon = icon(<path d="M5 12h13M12.5 6.5 18 12l-5.5 5.5" />)
export const SoundIcon = icon(
  <path d="M4 10v4h3.5l4.5 4V6l-4.5 4zM15.5 9a4.200 4.200 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />,
)
