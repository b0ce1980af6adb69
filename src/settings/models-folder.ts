import { z } from 'zod'

const shape = z.object({
  DATA_DIR: z.string().min(1).default('./data'),
  MODELS_DIR: z.string().min(1).optional(),
})

/** Where the models of this machine lie. */
export const modelsFolder = (settings: {
  readonly MODELS_DIR?: string | undefined
  readonly DATA_DIR: string
}): string => settings.MODELS_DIR ?? `${settings.DATA_DIR}/models`

/** The settings that say where models lie, for commands that need nothing else. Without values for empty ones. */
export function whereModels(environment: Readonly<Record<string, string | undefined>>) {
  return shape.parse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')))
}
