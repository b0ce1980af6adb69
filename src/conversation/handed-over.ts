/** The reason with which a conversation is aborted that shall end with a transfer to a person. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver'
}
