/** A span that is over. Times are the journal's: milliseconds since the stream of the call began. */
export interface MadeSpan {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly id: string
  /** None for a stream of the call. */
  readonly parentId?: string
  readonly startMs: number
  readonly endMs: number
  /** Never words or numbers of a caller. */
  readonly attributes: Attributes
  /** OpenTelemetry's `error.type`: a status, or `_OTHER`. What a vendor says may quote the caller. */
  readonly error?: string
}

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** The model that is asked, by the semantic conventions of OpenTelemetry for generative AI. */
export interface AskedModel {
  readonly model: string
  /** Of the server that is asked. */
  readonly host: string
  readonly port: number
}

export const errorTypeOf = (why: string): string => /\b[45]\d\d\b/.exec(why)?.[0] ?? '_OTHER'

/** A name that a model has made up may hold anything. */
export const plainName = (name: string): string => (/^[\w.-]{1,64}$/.test(name) ? name : 'other')
