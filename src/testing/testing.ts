import type { Late } from './scripted-model.ts'

/** In a script: this comes after so many milliseconds of the call. In `tools`: this function runs after so many. */
export const takes = <What>(ms: number, what: What): Late<What> => ({ kind: 'takes', ms, what })
