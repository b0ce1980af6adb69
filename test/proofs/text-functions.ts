import type { CallToolResult } from '@modelcontextprotocol/client'
import { callerNumber } from '../../src/channels/phone/caller-number.ts'
import { readMessage } from '../../src/channels/phone/messages.ts'
import { spokenDigits } from '../../src/conversation/secret/spoken-digits.ts'
import { agreementIn } from '../../src/conversation/turn/agreement.ts'
import { isAnswered, unanswered } from '../../src/conversation/turn/answered.ts'
import { isEchoOf, judgeOverlap } from '../../src/conversation/turn/overlap.ts'
import { spells, trailsOff } from '../../src/conversation/turn/patience.ts'
import { bareText, emptyUtterance, withWords } from '../../src/conversation/turn/utterance.ts'
import { digitsIn, endsInNumber, wantedBy } from '../../src/conversation/turn/wanted.ts'
import { english } from '../../src/languages/english.ts'
import { dateWords } from '../../src/tasks/dates/date-words.ts'
import { parseDue } from '../../src/tasks/dates/due.ts'
import { sayTitle, sentence } from '../../src/tasks/say.ts'
import { readDue, readNotes, readTitle } from '../../src/tasks/store/asking.ts'
import { titleWords } from '../../src/tasks/store/title-words.ts'
import { argumentWords } from '../../src/tools/running/argument-words.ts'
import { cutToSize, logText, plainText } from '../../src/tools/running/plain-text.ts'
import { fitsInQuestion, questionOf, wordsInQuestion } from '../../src/tools/running/question.ts'
import { WORDS } from '../../src/tools/running/question-words.ts'
import { reasonIn, resultWords } from '../../src/tools/running/result-words.ts'
import { normalise } from '../../src/turn-end/normalise.ts'
import { questionIn } from '../../src/turn-end/question.ts'

const AT = { now: new Date('2025-01-15T09:00:00Z'), zone: 'Europe/Berlin' }
const result = (text: string, isError: boolean): CallToolResult => ({ content: [{ type: 'text', text }], isError })
const answered = (words: string) => ({ atMs: 0, words, late: words })

/** What reads text that callers, models, tools or strangers write, by name. */
export const TEXT_FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  callerNumber,
  readMessage: text =>
    readMessage(Buffer.from(JSON.stringify({ event: 'mark', streamSid: text, mark: { name: '' } })), false),
  spokenDigits: text => spokenDigits(text, english),
  agreementIn: text => agreementIn(text, 'Delete the task?', english),
  isAnswered: text => isAnswered(text, answered(bareText(text)), 100),
  'unanswered, all but one word': text => unanswered(`${text} more`, answered(bareText(text)), 100),
  isEchoOf: text => isEchoOf(text, 'What can I do for you?'),
  'isEchoOf, what was heard': text => isEchoOf('do for you', text),
  judgeOverlap: text => judgeOverlap(text, 'What can I do for you?', english),
  spells: text => spells(text, english),
  trailsOff: text => trailsOff(text, english),
  bareText,
  withWords: text => withWords(emptyUtterance(0), { text, final: true, ended: false }),
  digitsIn: text => digitsIn(text, english),
  endsInNumber: text => endsInNumber(text, english),
  wantedBy: text => wantedBy(text, english),
  dateWords,
  parseDue: text => parseDue(text, AT),
  readDue: text => readDue(text, AT),
  readNotes,
  readTitle,
  titleWords,
  sayTitle,
  sentence,
  argumentWords: text => argumentWords({ text }),
  'argumentWords, a name': text => argumentWords({ [text]: true }),
  cutToSize: text => cutToSize(text, 2_000),
  'cutToSize, to a long one': text => cutToSize(text, text.length - 1),
  logText: text => logText(text),
  plainText,
  fitsInQuestion: text => fitsInQuestion(`Delete ${WORDS}?`, text),
  questionOf: text => questionOf(`Delete ${WORDS}?`, text),
  wordsInQuestion,
  'reasonIn an error': text => reasonIn(result(text, true)),
  resultWords: text => resultWords('list', result(text, false), 'text'),
  normalise,
  questionIn,
}
