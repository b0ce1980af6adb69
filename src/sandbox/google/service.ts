import { createFileRegistry, type DescService, fromJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, file_google_protobuf_duration } from '@bufbuild/protobuf/wkt'

const PACKAGE = 'google.cloud.speech.v2'
type Kind = 'STRING' | 'BOOL' | 'INT32' | 'FLOAT' | 'BYTES' | 'ENUM' | `.${string}`

/** `name: [number, kind]`; a kind with a dot is a message. A third value: `many` of them, or one of a `choice`. */
type Fields = Readonly<Record<string, readonly [number, Kind, ('many' | 'choice')?]>>

const MESSAGES: Readonly<Record<string, Fields>> = {
  ExplicitDecodingConfig: {
    encoding: [1, 'INT32'],
    sample_rate_hertz: [2, 'INT32'],
    audio_channel_count: [3, 'INT32'],
  },
  RecognitionFeatures: {
    profanity_filter: [1, 'BOOL'],
    enable_word_time_offsets: [2, 'BOOL'],
    enable_word_confidence: [3, 'BOOL'],
    enable_automatic_punctuation: [4, 'BOOL'],
    enable_spoken_punctuation: [14, 'BOOL'],
    enable_spoken_emojis: [15, 'BOOL'],
    max_alternatives: [16, 'INT32'],
  },
  RecognitionConfig: {
    features: [2, `.${PACKAGE}.RecognitionFeatures`],
    explicit_decoding_config: [8, `.${PACKAGE}.ExplicitDecodingConfig`, 'choice'],
    model: [9, 'STRING'],
    language_codes: [10, 'STRING', 'many'],
  },
  StreamingRecognitionFeatures: {
    enable_voice_activity_events: [1, 'BOOL'],
    interim_results: [2, 'BOOL'],
    endpointing_sensitivity: [8, 'INT32'],
  },
  StreamingRecognitionConfig: {
    config: [1, `.${PACKAGE}.RecognitionConfig`],
    streaming_features: [2, `.${PACKAGE}.StreamingRecognitionFeatures`],
  },
  StreamingRecognizeRequest: {
    recognizer: [3, 'STRING'],
    audio: [5, 'BYTES', 'choice'],
    streaming_config: [6, `.${PACKAGE}.StreamingRecognitionConfig`, 'choice'],
  },
  SpeechRecognitionAlternative: { transcript: [1, 'STRING'], confidence: [2, 'FLOAT'] },
  StreamingRecognitionResult: {
    alternatives: [1, `.${PACKAGE}.SpeechRecognitionAlternative`, 'many'],
    is_final: [2, 'BOOL'],
    stability: [3, 'FLOAT'],
    result_end_offset: [4, '.google.protobuf.Duration'],
    channel_tag: [5, 'INT32'],
    language_code: [6, 'STRING'],
  },
  RecognitionResponseMetadata: { total_billed_duration: [6, '.google.protobuf.Duration'], request_id: [9, 'STRING'] },
  StreamingRecognizeResponse: {
    speech_event_type: [3, 'INT32'],
    metadata: [5, `.${PACKAGE}.RecognitionResponseMetadata`],
    results: [6, `.${PACKAGE}.StreamingRecognitionResult`, 'many'],
    speech_event_offset: [7, '.google.protobuf.Duration'],
  },
}

function messageType([name, fields]: readonly [string, Fields]) {
  const hasChoice = Object.values(fields).some(([, , how]) => how === 'choice')
  return {
    name,
    oneofDecl: hasChoice ? [{ name: 'choice' }] : [],
    field: Object.entries(fields).map(([field, [number, kind, how]]) => ({
      jsonName: field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      ...{ name: field, number, label: how === 'many' ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL' },
      ...(kind.startsWith('.') ? { type: 'TYPE_MESSAGE', typeName: kind } : { type: `TYPE_${kind}` }),
      ...(how === 'choice' && { oneofIndex: 0 }),
    })),
  }
}

const FILE = fromJson(FileDescriptorProtoSchema, {
  ...{ name: 'google/cloud/speech/v2/cloud_speech.proto', package: PACKAGE, syntax: 'proto3' },
  dependency: ['google/protobuf/duration.proto'],
  messageType: Object.entries(MESSAGES).map(messageType),
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
})

/** The streaming part of Cloud Speech v2, by the names and numbers of Google's `cloud_speech.proto`. */
export function speechService(): DescService {
  const registry = createFileRegistry(FILE, name =>
    name === 'google/protobuf/duration.proto' ? file_google_protobuf_duration : undefined,
  )
  const service = registry.getService(`${PACKAGE}.Speech`)
  if (!service) throw new Error('the description of the service is broken')
  return service
}
