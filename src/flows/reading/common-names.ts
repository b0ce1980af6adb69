/** Names that are rarely spelt otherwise, as far as they sound alike. All others are read back letter by letter. */
export const COMMON_NAMES: ReadonlySet<string> = new Set(
  `adam albert alex alexander alice amanda amelia amy andrea andrew angela anna anthony antonio arthur barbara ben benjamin
  betty bob carlos carmen carol charles charlotte christopher clara claudia daniel david deborah diana diego dorothy edward elena
  elizabeth ella emily emma eric eva felix fernando frank franz gabriel george grace hannah hans harry heidi helen helga henry ida
  isabel jack jacob james jane jason javier jennifer jessica jim joe john jonas jordan jorge jose josé joshua juan judith julia
  karl karen katharina kevin klaus lara laura lea leo leon leonie lily linda lisa lucas lucia lucy luis lukas manuel marco margaret
  maria maría marie mario mark marta martin mary matthew max maximilian melissa mia michael michelle miguel mike monika
  nancy nathan nicholas nina noah nora oliver olivia oscar otto pablo pamela patricia patrick paul paula pedro peter petra philip
  rachel ralf raul rebecca richard rita robert rosa rose ruth samuel sandra sarah sebastian sergio sharon simon sofia sophia
  sophie stefan stephen steven susan sven thomas tim tom tobias ulrich uwe victor victoria walter william wolfgang
  adams allen anderson baker bauer becker bell brown campbell carter clark collins cook cooper davis diaz díaz edwards evans
  fernandez fernández fischer flores garcia garcía gomez gómez gonzalez gonzález green hall harris hernandez hernández hill hoffmann hughes
  jackson johnson jones keller king klein koch lee lewis lopez lópez martinez martínez miller mitchell moore morgan morris müller murphy
  nelson neumann nguyen parker patel perez pérez phillips ramirez ramírez richter rivera roberts robinson rodriguez rodríguez
  ruiz sanchez sánchez schmidt schneider schulz schwarz scott smith stewart taylor thomas thompson torres turner walker wagner
  weber white williams wilson wolf wood wright young zimmermann`.split(/\s+/),
)
