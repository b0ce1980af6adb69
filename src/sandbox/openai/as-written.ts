const HOUR = '(?:\\d{1,2}(?::\\d{2})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirty|fifteen)'

/**
 * Words that recognisers spell in more than one way, and a weekday that they take for other words. Each is replaced
 * only where its words make sense as nothing else.
 */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/\bto-(day|night|morrow)\b/gi, 'to$1'],
  [/\bto morrow\b/gi, 'tomorrow'],
  [/\bto (day|night)(?=[\s,.;!?…]*$|[,.]? (?:at|by|before) )/gi, 'to$1'],
  // "What do I have due to date?" Nobody asks for what is up to date.
  [/^((?:what|which|anything|do|is|list|read|show|tell|give)\b.*)(?<!\bup) to[- ]date(?=[\s,.;!?…]*$)/i, '$1 today'],
  [/\bdue to (?:date|day)\b/gi, 'due today'],
  [/\bdue to (?!mon|mar(?:ch)?\b|may\b|mid|me\b|my\b)m\w+(?=[\s,.;!?…]*$)/gi, 'due tomorrow'],
  [/\bgood[- ]?by\b/gi, 'goodbye'],
  [/\bgood[- ]bye\b/gi, 'goodbye'],
  [/^by[- ]by\b/gi, 'bye bye'],
  [/\b(half|quarter)-(past|to)\b/gi, '$1 $2'],
  [new RegExp(`\\b(${HOUR})-(fifteen|twenty|thirty|forty|fifty)\\b`, 'gi'), '$1 $2'],
  [new RegExp(`\\b(${HOUR}) ?([ap])\\.? m\\b`, 'gi'), '$1 $2.m'],
  // "Thursday" on the telephone, where a th is heard as an f, or its end is lost.
  [
    /\b(on|by|until|till|to|next|this|for|it|meant?|not|no,?) (?:thirst[iey]+|firstie|firsty|firstly|thirst ?day|first,? (?:d(?:ay)?|e))(?=[\s,.;!?…]*$|,? (?:at|by|before|morning|afternoon|evening)\b)/gi,
    '$1 Thursday',
  ],
  [
    /^((?:oh|uh|um|no|yes|wait|sorry)[\s,]+)*(?:thirst[iey]+|firstie|firsty|thirst ?day|first,? (?:d(?:ay)?|e))(?=[\s,.;!?…]*$)/i,
    '$1Thursday',
  ],
  [/\b(make it|meant|next|on|until|by) (?:money|monty|maundy)(?=[\s,.;!?…]*$)/gi, '$1 Monday'],
  // "When is the report due?"
  [/^one is (?=(?:my next|lunch|dinner|the next)\b)/i, 'when is '],
  [/^one (?=(?:is|are|was|do|does)\b.*(?:\bdo|\bdue|\bthe \w+)[\s,.;!?…]*$)/i, 'when '],
  [
    /^((?:when (?:is|are)|what(?:'s| is)|is|are)\b.*) do(?=[\s,.;!?…]*$)(?<!\b(?:to|i|you|we|it|they|can) do)/i,
    '$1 due',
  ],
  // "Make it due on Friday".
  [/^((?:make|made|set|is)\b.*) (?:do|dew) (?=(?:on|by|at|next|this|one)\b)/i, '$1 due '],
  [/^((?:make|set)\b.* due) one (?=\w+day\b)/i, '$1 on '],
  [/\b(make it) to (?!mon|mar(?:ch)?\b|may\b|mid|me\b|my\b)m\w+(?=[\s,.;!?…]*$)/gi, '$1 tomorrow'],
  [/^new ?task\b/i, 'new task'],
  [/^note ?down\b/i, 'note down'],
  [/^mark, (?=(?:it|that|this|the|my)\b)/i, 'mark '],
  // "Do I have anything due this week?"
  [/\b(anything|something|nothing) to (?=(?:today|tomorrow|this|next|on)\b)/gi, '$1 due '],
  [/(^|[.!?] )and (?=(?:\w+|a few|a couple of) (?:minutes|hours|days|weeks|months)[\s,.;!?…]*$)/i, '$1in '],
  [/\bno (?:weight|way)(?=,? (?:i (?:mean|meant)|\w+day|tomorrow)\b)/gi, 'no wait'],
]

/** What a recogniser heard, in the spelling that the rules read. Whatever is written so already stays as it is. */
export function asWritten(heard: string): string {
  return SPELLINGS.reduce((text, [from, to]) => text.replace(from, to), heard)
}
