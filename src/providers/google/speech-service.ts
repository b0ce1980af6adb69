import { createFileRegistry, type DescMessage, type DescMethodStreaming, fromJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, file_google_protobuf_duration } from '@bufbuild/protobuf/wkt'

const PACKAGE = 'google.cloud.speech.v2'
const DURATION = '.google.protobuf.Duration'

interface Field {
  readonly name: string
  readonly number: number
  readonly type: string
  readonly typeName?: string
  readonly label: 'LABEL_OPTIONAL' | 'LABEL_REPEATED'
  readonly oneofIndex?: number
}

const field = (name: string, number: number, type: string, more: Partial<Field> = {}): Field => ({
  ...{ name, number, type, label: 'LABEL_OPTIONAL' },
  ...more,
})
const text = (name: string, number: number): Field => field(name, number, 'TYPE_STRING')
const flag = (name: string, number: number): Field => field(name, number, 'TYPE_BOOL')
const whole = (name: string, number: number): Field => field(name, number, 'TYPE_INT32')
const of = (name: string, number: number, message: string): Field =>
  field(name, number, 'TYPE_MESSAGE', { typeName: message.startsWith('.') ? message : `.${PACKAGE}.${message}` })
const many = (one: Field): Field => ({ ...one, label: 'LABEL_REPEATED' })
const either = (one: Field): Field => ({ ...one, oneofIndex: 0 })

/**
 * The part of Cloud Speech v2 that streaming needs, with the names and numbers of `cloud_speech.proto` as @google-cloud/speech
 * 8.1 has it. Enums are whole numbers on the wire. Fields that are not here are skipped when they are read.
 */
const MESSAGES: Readonly<Record<string, readonly Field[]>> = {
  ExplicitDecodingConfig: [whole('encoding', 1), whole('sample_rate_hertz', 2), whole('audio_channel_count', 3)],
  RecognitionFeatures: [flag('profanity_filter', 1), flag('enable_automatic_punctuation', 4)],
  RecognitionConfig: [
    of('features', 2, 'RecognitionFeatures'),
    either(of('explicit_decoding_config', 8, 'ExplicitDecodingConfig')),
    text('model', 9),
    many(text('language_codes', 10)),
  ],
  StreamingRecognitionFeatures: [
    flag('enable_voice_activity_events', 1),
    flag('interim_results', 2),
    whole('endpointing_sensitivity', 8),
  ],
  StreamingRecognitionConfig: [
    of('config', 1, 'RecognitionConfig'),
    of('streaming_features', 2, 'StreamingRecognitionFeatures'),
  ],
  StreamingRecognizeRequest: [
    text('recognizer', 3),
    either(field('audio', 5, 'TYPE_BYTES')),
    either(of('streaming_config', 6, 'StreamingRecognitionConfig')),
  ],
  SpeechRecognitionAlternative: [text('transcript', 1), field('confidence', 2, 'TYPE_FLOAT')],
  StreamingRecognitionResult: [
    many(of('alternatives', 1, 'SpeechRecognitionAlternative')),
    flag('is_final', 2),
    field('stability', 3, 'TYPE_FLOAT'),
    of('result_end_offset', 4, DURATION),
    text('language_code', 6),
  ],
  StreamingRecognizeResponse: [
    whole('speech_event_type', 3),
    many(of('results', 6, 'StreamingRecognitionResult')),
    of('speech_event_offset', 7, DURATION),
  ],
}
const ONEOFS: Readonly<Record<string, string>> = {
  RecognitionConfig: 'decoding_config',
  StreamingRecognizeRequest: 'streaming_request',
}

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const registry = createFileRegistry(
  fromJson(FileDescriptorProtoSchema, {
    ...{ name: 'cloud_speech.proto', package: PACKAGE, syntax: 'proto3' },
    dependency: ['google/protobuf/duration.proto'],
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: fields.map(one => ({ ...one, jsonName: camelCase(one.name) })),
      oneofDecl: ONEOFS[name] === undefined ? [] : [{ name: ONEOFS[name] }],
    })),
    service: [
      {
        name: 'Speech',
        method: [
          {
            name: 'StreamingRecognize',
            inputType: `.${PACKAGE}.StreamingRecognizeRequest`,
            outputType: `.${PACKAGE}.StreamingRecognizeResponse`,
            ...{ clientStreaming: true, serverStreaming: true },
          },
        ],
      },
    ],
  }),
  name => (name === 'google/protobuf/duration.proto' ? file_google_protobuf_duration : undefined),
)

function streamingRecognize(): DescMethodStreaming<DescMessage, DescMessage> {
  const method = registry.getService(`${PACKAGE}.Speech`)?.methods[0]
  if (method?.methodKind !== 'bidi_streaming') throw new Error('the description of the service is broken')
  // The library's own type does not tell the kinds of methods apart.
  return method as DescMethodStreaming<DescMessage, DescMessage>
}

/** Sound and its settings go out, words come in. */
export const STREAMING_RECOGNIZE = streamingRecognize()

/** AudioEncoding.LINEAR16 */
export const LINEAR16 = 1
