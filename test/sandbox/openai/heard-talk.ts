/** What Moonshine tiny made of sentences by telephone that order nothing of a Task Manager. */
export const HEARD_TALK: readonly string[] = `
The weather is fine.
And then I went to the store.
And they knew that before.
I knew it was raining.
I know that.
It is reigning today.
And my brother call me yesterday.
Do you know my sister?
I liked the color blue.
I was at the office on Friday.
That sounds good to me.
We had a nice dinner yesterday.
My dog is in the garden.
I think so.
Mark is my brother.
Mark called me yesterday.
And how are you today?
Who won the game last night?
What is the capital of France?
How old are you?
Play some music.
Turn on the lights.
Book a table for two.
Where are ye from?
Can you sing?
I am hungry.
And a happy new year.
Let me think.
Just a moment, please.
Send an email to Bob.
Call my mother.
Chair my list with Anna.
Make it repeat every week.
Set the priority to high.
And I knew that before.
It is raining today.
It is raining to date.
And my brother called me yesterday.
And my brother told me yesterday.
I like the color blue.
We had an ice dinner yesterday.
My daughter is in the garden.
Mark, call me yesterday.
And how are he to-day
He won the game last night.
Who won the game last night.
What is the cap at all, friends?
Please, I'm music.
But the table four or two.
But the table for two.
Why are you friends?
Where are you from?
Can you think?
End of Happy New Year.
And a happy New Year.
And to help he knew you.
Blood me, since.
I am talking to my wife.
Send an email to Butt.
Send an evil to God.
Send an email to about.
For my mother.
Tall my mother.
Share my list with Anna.
Said the priority to hide,
Said the priority to hype.
And that is what I said.
And we will see.
And then there was light.
And it was very nice.
And she told me about it.
And I said no.
And what is your name?
At home, we have a cat.
At the moment, I am busy.
At work, everything is fine.
I'd rather not say.
I'd like a coffee.
I'd say so.
I had a meeting with Tom.
I had to call my bluff.
I knew him well.
I knew you would say that.
And you know what?
And do you know why?
And you are very funny.
Do that again.
I do that every day.
Then do what you want.
But I am not sure.
But the report is good.
Put the foam down.
Read the news.
Right, I see.
Red is my favorite color.
Counsel me.
The list is long.
The list of my friends is long.
My list is at home.
My sister has my list.
Marketing is done by Peter.
Margaret is here.
We removed the old software.
We move on Friday.
We open at nine.
We have a meeting on Monday.
He moved to Berlin last year.
She renamed her dog.
I moved to the city in May.
I was then with him.
I made a mistake.
I took the bus.
I took the train to Boston.
I bought a new car yesterday.
I called ye yesterday.
I sent you an email.
I read a good book.
I wrote him a letter.
I got a new phone.
Is it cold outside?
When is the next train?
When do you close?
When does the store open?
What do you think?
What do you want to do?
What do people do on Sunday?
What is the meaning of life?
What's the time?
What's for dinner?
What's up?
What's new?
How is the weather?
How much is it?
Why is the sky blue?
Where is my phone?
It's raining.
It was on Monday.
Monday is a holiday.
I am tired to-day
I am at the office.
I will be there at five.
I will see you tomorrow.
I'll call you to-morrow.
I'll do that.
I'll think about it.
Let's go.
Let's see.
Tom called me.
Annette is my wife.
My mother is calling.
Just a second, someone is at the door.
Sorry, I was talking to my son.
Can you hear me?
Are you there?
Hello, hello, is anybody there?
Testing one, two, three.
Wow, that is fast.
That is amazing.
Good job.
I love you.
Shut up.
Sing me, they song.
Open the window.
Order of Pizza.
Turn it off.
I want to go home.
I need a break.
I have a dog.
Make me laugh.
Set an alarm for seven.
Chains the language to Spanish.
Remember my name.
Push harder.
Show me the money.
List of ingredients.
`
  .trim()
  .split('\n')
