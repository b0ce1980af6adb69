/** The content of a WAV file. `pcm` interleaves the samples of `channels`. */
export interface Wav {
  readonly pcm: Int16Array
  readonly rateHz: number
  readonly channels: number
}

const HEADER_BYTES = 44

/** The 44-byte header of a 16-bit PCM WAV file, to be followed by `dataBytes` of samples. */
export function wavHeader(dataBytes: number, rateHz: number, channels: number): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rateHz, 24)
  header.writeUInt32LE(rateHz * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

/** A complete 16-bit PCM WAV file. */
export function encodeWav({ pcm, rateHz, channels }: Wav): Uint8Array {
  return Buffer.concat([
    wavHeader(pcm.byteLength, rateHz, channels),
    Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength),
  ])
}

/** Reads a 16-bit PCM WAV file. Throws an Error that says what is wrong with any other file. */
export function decodeWav(file: Uint8Array): Wav {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file: it does not start with RIFF … WAVE')
  }
  let format: { channels: number; rateHz: number } | undefined
  for (let at = 12; at + 8 <= bytes.length; ) {
    const chunk = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    const body = at + 8
    if (chunk === 'fmt ') {
      const [codec, bits] = [bytes.readUInt16LE(body), bytes.readUInt16LE(body + 14)]
      if (codec !== 1 || bits !== 16) {
        throw new Error(`WAV codec ${codec} with ${bits} bits: only 16-bit PCM (codec 1) can be read`)
      }
      format = { channels: bytes.readUInt16LE(body + 2), rateHz: bytes.readUInt32LE(body + 4) }
    }
    if (chunk === 'data') {
      if (!format) throw new Error('WAV file has its data before its format')
      const data = bytes.subarray(body, Math.min(body + length, bytes.length) & ~1)
      const pcm = new Int16Array(data.length >> 1)
      // Samples lie in memory as in the file; one by one an hour of them would hold the process for a second.
      new Uint8Array(pcm.buffer).set(data)
      return { pcm, ...format }
    }
    at = body + length + (length & 1)
  }
  throw new Error('WAV file has no data chunk')
}
