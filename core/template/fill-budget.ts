/** Turns of all `{{#each}}` of one step: with data from outside, nested ones would else run for long. */
const MAX_TURNS = 10_000;
/** Characters that all texts of one step come to; each thing filled in counts as one more. */
const MAX_CHARACTERS = 1024 * 1024;
/** What a step may take that is filled in once for each recipient. */
const RECIPIENTS = 10;

/** What filling in may cost, in all the texts of one step together: outside data decides how long lists and texts are. */
export class FillBudget {
  private turns = 0;
  private characters = 0;

  private constructor(
    private readonly times: number,
    private readonly outer?: FillBudget,
  ) {}

  /** For filling in once, as a part of something larger where that is given. */
  static once(outer?: FillBudget): FillBudget {
    return new FillBudget(1, outer);
  }

  /** For a notification that is filled in anew for each recipient. */
  static forRecipients(): FillBudget {
    return new FillBudget(RECIPIENTS);
  }

  /** One turn of an `{{#each}}`. Throws where there are no more. */
  turn(): void {
    this.turns += 1;
    const most = MAX_TURNS * this.times;
    if (this.turns > most) throw new Error(`its {{#each}} takes more than ${most} turns, ${this.together}`);
    this.outer?.turn();
  }

  /** One thing filled in, of this many characters. Throws where there is no more room. */
  text(length: number): void {
    this.characters += length + 1;
    const most = MAX_CHARACTERS * this.times;
    if (this.characters > most) throw new Error(`texts come to more than ${most} characters, ${this.together}`);
    this.outer?.text(length);
  }

  private get together(): string {
    return this.times === 1 ? 'all of the step together' : 'all recipients together';
  }
}
