import { icon } from '../../icons.tsx'

export const CallIcon = icon(
  <path d="M6.600 3.500 9 4l1.500 4-2 1.700a12 12 0 0 0 5.800 5.800l1.700-2 4 1.500.500 2.400c0 1.700-1.400 3.100-3.100 3.100C10 20.500 3.500 14 3.500 6.600c0-1.700 1.400-3.100 3.100-3.100z" />,
)
export const KeypadIcon = icon(
  <path d="M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01" strokeWidth="3" />,
)
