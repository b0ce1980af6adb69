/** What the sandbox's receptionist can answer without a tool; the first match is used. */
export const TOPICS: readonly { readonly about: RegExp; readonly answer: string }[] = [
  {
    about: /\b(story|history|tell me (?:all )?about (?:the|your) (?:restaurant|place))\b/i,
    answer:
      'Gladly. My grandmother opened this house in nineteen sixty two, with six tables and one stove. She cooked what the boats brought in the morning, and when it was gone she closed the door. My parents added the garden and the wine cellar, and since last year my brother is the cook. We still bake our own bread every day, and the fish still comes from the same harbor.',
  },
  {
    about: /\b(chef|cook)\b/i,
    answer:
      'With pleasure. My brother learned to cook on a ship, where the kitchen was no bigger than a cupboard. Later he worked in the south for seven years, first at the grill, then with the sauces, and at last he had a house of his own. When our parents grew tired he came home, and brought two friends with him. They go to the market together every morning, before the town is awake.',
  },
  {
    about: /\b(tasting menu|courses)\b/i,
    answer:
      'There are five courses. It begins with oysters and a glass of cold wine, and after them comes a soup of crabs and saffron. Then there is a small plate of pasta, with whatever the garden gives that week, and after it the fish of the day, cooked over wood. At the end you choose between a lemon tart, a piece of old cheese, and an ice cream that we make from our own honey.',
  },
  {
    about: /\b(hours|open|close|closing)\b/i,
    answer: 'We open at noon and close at ten in the evening, every day but Monday.',
  },
  {
    about: /\b(address|where are you|located|find you)\b/i,
    answer: 'We are at twelve Harbor Street, right beside the old lighthouse.',
  },
  {
    about: /\b(park|parking|car)\b/i,
    answer: 'You can park for free behind the house, and there is always room in the evening.',
  },
  {
    about: /\b(price|prices|cost|expensive|much)\b/i,
    answer: 'A main course is about twenty dollars, and the lunch menu is fifteen.',
  },
  {
    about: /\b(special|specials|menu|dish)\b/i,
    answer: 'Today we have grilled bass with fennel, and a mushroom risotto with fresh herbs.',
  },
  {
    about: /\b(wifi|wi-fi|internet)\b/i,
    answer: 'Yes, there is free wifi in every room, just ask your waiter for the password.',
  },
  {
    about: /\b(dog|dogs|pet|pets)\b/i,
    answer: 'Dogs are welcome in the garden, and we always have a bowl of water for them.',
  },
  { about: /\bhow are you\b/i, answer: 'I am very well, thank you. What can I do for you?' },
  {
    about: /\b(your name|who are you|who is this)\b/i,
    answer: 'I am the receptionist of the Harbor House. What can I do for you?',
  },
  { about: /\b(music|band|piano)\b/i, answer: 'A pianist plays on Fridays and Saturdays, from eight until we close.' },
  { about: /\b(pay|card|cards|cash)\b/i, answer: 'You can pay in cash or by any card, at the table or at the bar.' },
  {
    about: /\b(deliver|delivery|take ?away|take ?out)\b/i,
    answer: 'We do not deliver, but you can take any dish away in a box.',
  },
  {
    about: /\b(vegan|vegetarian|gluten|allerg\w*)\b/i,
    answer: 'Half of our dishes are vegetarian, and the kitchen takes care of every allergy.',
  },
  {
    about: /\b(child|children|kids|high chair)\b/i,
    answer: 'Children are welcome, we have high chairs and a small menu for them.',
  },
  { about: /\b(wheelchair|stairs|step)\b/i, answer: 'The whole house is on one floor, so there are no stairs at all.' },
  {
    about: /\b(garden|outside|terrace)\b/i,
    answer: 'The garden is open whenever the weather is fine, with twelve tables under the trees.',
  },
  {
    about: /\b(wine|wines|beer|drinks)\b/i,
    answer: 'We have forty wines in the cellar, and beer from the brewery next door.',
  },
  {
    about: /\b(birthday|party|group)\b/i,
    answer: 'For a party we can give you the back room, which has space for thirty people.',
  },
  {
    about: /\b(dessert|cake|sweet)\b/i,
    answer: 'For dessert there is lemon tart, chocolate cake, and ice cream that we make here.',
  },
  {
    about: /\b(bus|train|station|taxi)\b/i,
    answer: 'The number nine bus stops in front of our door, and the station is ten minutes away.',
  },
]
