/** How easily a sound counts as a voice: `low` in a noisy place, `high` for soft voices. Each detector has its own measure. */
export const SENSITIVITIES = ['low', 'normal', 'high'] as const
export type Sensitivity = (typeof SENSITIVITIES)[number]
