declare module '@echogarden/fvad-wasm' {
  /** Loads libfvad: see `webrtc.ts` for what of it is used. */
  const load: () => Promise<never>
  export default load
}
