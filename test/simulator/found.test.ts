import { expect, test } from 'vitest'
import { plainCall } from './one-call.ts'

/** Seeds with which the simulator found a bug that is now fixed. */
test.each([
  [48, 'undetected words over "take your time" discarded the words before it'],
  [1193, 'a word at the end of "take your time" discarded the words before it'],
  [1071, 'words before "take your time" were not in the history when the call ended during it'],
  [1148, 'words before "take your time" were not in the history when speech-to-text failed for good'],
  [159, 'a turn that was confirmed with interim words lost them when the caller went on after their late final'],
  [1812, 'a turn that was confirmed with interim words lost them when the next words came'],
  [188, 'words of a failed voice counted as heard although their sound was never made'],
  [21, 'the voice of a draft was still being generated when the conversation was over'],
  [226, 'a closed line still noted incoming messages'],
  [10997, 'a voice that was ducked soon after it was held skipped what it should have repeated'],
  [13855, 'a voice that was ducked soon after it was held skipped a whole word'],
  [9643, 'a voice that repeated its last word counted as heard to the end and was not cleared'],
  [22361, 'a slow model left the caller in silence after its first sentence'],
  [5925, 'after a gap in the speech a mark made the lag seem too small, so that heard words did not count as heard'],
  [11499, 'a late form of a transcript was judged anew, and words of it counted as the agent’s own'],
  [13453, 'the last form of a transcript was judged anew, and words of it counted as the agent’s own'],
  [20302, 'a new word at the end of a late final was taken for an echo of the answer that had begun'],
  [13857, 'a short word right after the agent was the agent’s own for good, and got no answer'],
  [72162, 'a final that told only the first of the answered words took the others away'],
  [118242, 'words counted as heard that were on their way when the socket broke'],
  [112755, 'a word with hardly any of the agent’s sound was taken for its echo, and the order after it, too'],
  [113953, 'a word after a final form of the agent’s that begins alike counted as told again'],
  [62336, 'dated words after the agent had fallen silent were not looked up, and counted as its own'],
  [23399, 'a slow model left the caller in silence after its first word'],
])('seed %i: %s', async seed => {
  expect((await plainCall(seed)).breaches).toEqual([])
})
