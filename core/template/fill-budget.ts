/** Turns of all `{{#each}}` of one step: with data from outside, nested ones would else run for long. */
const MAX_TURNS = 10_000;
/** Characters that all texts of one step come to; each thing filled in counts as one more. */
const MAX_CHARACTERS = 1024 * 1024;
/** What a step may take that is filled in once for each recipient. */
const RECIPIENTS = 10;

/** What filling in may cost, in all the texts of one step together: outside data decides how long lists and texts are. */
export class FillBudget {
  private constructor(
    private turns: number,
    private characters: number,
    private readonly outer?: FillBudget,
  ) {}

  /** For filling in once, as a part of something larger where that is given. */
  static once(outer?: FillBudget): FillBudget {
    return new FillBudget(MAX_TURNS, MAX_CHARACTERS, outer);
  }

  /** For a notification that is filled in anew for each recipient. */
  static forRecipients(): FillBudget {
    return new FillBudget(MAX_TURNS * RECIPIENTS, MAX_CHARACTERS * RECIPIENTS);
  }

  /** One turn of an `{{#each}}`. Throws where there are no more. */
  turn(): void {
    this.turns -= 1;
    if (this.turns < 0) throw new Error(`its {{#each}} takes more than ${MAX_TURNS} turns, all of the step together`);
    this.outer?.turn();
  }

  /** One thing filled in, of this many characters. Throws where there is no more room. */
  text(length: number): void {
    this.characters -= length + 1;
    if (this.characters < 0)
      throw new Error(`the texts of the step come to more than ${MAX_CHARACTERS} characters together`);
    this.outer?.text(length);
  }
}
