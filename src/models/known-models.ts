/** A file of known bytes. */
export interface KnownFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** A file of a model, and where it is found. */
export interface ModelFile extends KnownFile {
  /** Where it is in the npm package, if there is one. */
  readonly inTarball?: string
  readonly url: string
}

export interface KnownModel {
  /** Also the name of its folder. */
  readonly name: string
  /** For people: what it is, whose, and for what. */
  readonly title: string
  readonly licence: string
  readonly files: readonly ModelFile[]
  /** The npm package that has the files, and its tarball; undefined where no package has them. */
  readonly npm?: KnownFile & { readonly version: string }
  /** What can be done once it is there, for people. */
  readonly thanksToIt: string
}

/** The model hub, at the one revision that has these very bytes; an older one has another decoder. */
const HUB = 'https://huggingface.co/onnx-community/moonshine-tiny-ONNX/resolve/a6da1241cd305dcd64eab1edbd615f2bb9aabb95'
const IN_TARBALL = 'package/dist/model/tiny/quantized'

/** The ears: speech-to-text for English, in 8-bit numbers. The package's licence names its English model as MIT. */
export const MOONSHINE_TINY: KnownModel = {
  name: 'moonshine-tiny',
  title: 'Moonshine tiny by Moonshine AI: the ears, for English',
  licence: 'MIT',
  thanksToIt: 'npm start understands your own voice now.',
  npm: {
    name: '@moonshine-ai/moonshine-js',
    version: '0.1.29',
    bytes: 21_514_347,
    sha256: '864e17a00ed494857c71693e835306fa038e0f82002c76e3056d67d574e1c2d8',
  },
  files: [
    {
      name: 'encoder_model.onnx',
      bytes: 7_937_661,
      sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
      inTarball: `${IN_TARBALL}/encoder_model.onnx`,
      url: `${HUB}/onnx/encoder_model_quantized.onnx`,
    },
    {
      name: 'decoder_model_merged.onnx',
      bytes: 20_243_286,
      sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
      inTarball: `${IN_TARBALL}/decoder_model_merged.onnx`,
      url: `${HUB}/onnx/decoder_model_merged_quantized.onnx`,
    },
  ],
}

const SENTENCES_HUB = 'https://huggingface.co/Xenova/all-MiniLM-L6-v2/resolve/main'

/** Meanings of English sentences, in 8-bit numbers. No npm package has it. */
export const SENTENCES: KnownModel = {
  name: 'all-minilm-l6-v2',
  title: 'all-MiniLM-L6-v2 by the makers of Sentence Transformers: finds documents by their meaning, in English',
  licence: 'Apache-2.0',
  thanksToIt: 'npm run ingest makes vectors with it now.',
  files: [
    {
      name: 'model_quantized.onnx',
      bytes: 22_972_370,
      sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
      url: `${SENTENCES_HUB}/onnx/model_quantized.onnx`,
    },
    {
      name: 'vocab.txt',
      bytes: 231_508,
      sha256: '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
      url: `${SENTENCES_HUB}/vocab.txt`,
    },
  ],
}

export const bytesOf = ({ files }: Pick<KnownModel, 'files'>): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)
