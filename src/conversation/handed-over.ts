/** The reason with which a conversation is aborted that shall end with a transfer to a person. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver'
}

/** What comes after a conversation that was ended for this reason, where that is known. */
export const nextAfter = (reason: unknown): { readonly next?: 'transfer' } =>
  reason instanceof HandedOver ? { next: 'transfer' } : {}
