/** Something to tap under a message. */
export interface TapButton {
  /** What a tap reports: the reply's or row's id, or the payload of a template's quick reply. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** A message whose body has passed Meta's checks, as the chat shows it. */
export interface CheckedMessage {
  readonly type: 'text' | 'interactive' | 'template';
  /** Allowed within 24 h of the client's last message only. */
  readonly freeForm: boolean;
  /** Meta's price category, as statuses name it. */
  readonly category: string;
  /** What the client reads. */
  readonly text: string;
  readonly buttons: readonly TapButton[];
}

/** The button that a tap names, by its title or its id. */
export const buttonNamed = (buttons: readonly TapButton[], tap: string): TapButton | undefined =>
  buttons.find(({ title }) => title === tap) ?? buttons.find(({ id }) => id === tap);
